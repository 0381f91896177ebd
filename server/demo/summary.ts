import { setTimeout as pause } from 'node:timers/promises';
import { type Mail, messageStates } from '../mail/index.ts';

const everyMs = 1000;

/** Prints how many messages are in which state whenever that changes, until told to stop. */
export async function showSummary(mail: Mail, signal: AbortSignal): Promise<void> {
  let shown = '';
  while (!signal.aborted) {
    const line = summaryLine(await mail.messages.countByState());
    if (line !== shown) show(`${new Date().toISOString().slice(11, 19)} UTC  ${line}`, shown !== '');
    shown = line;
    await pause(everyMs, undefined, { signal }).catch(() => {});
  }
}

function summaryLine(counts: Partial<Record<string, number>>): string {
  const parts = messageStates.filter(state => counts[state]).map(state => `${state} ${counts[state]}`);
  const total = Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  return `${total} messages: ${parts.join(', ') || 'none yet'}`;
}

// On a terminal the line is replaced; in a file each change is a line.
function show(line: string, again: boolean): void {
  const { stdout } = process;
  if (stdout.isTTY && again) stdout.write('\u001b[1A\u001b[2K');
  stdout.write(`${line}\n`);
}
