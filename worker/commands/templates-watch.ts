import { watch } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Mail, MailError, type SyncResult } from '../../server/mail/index.ts';
import type { CommandContext } from './command.ts';

// Editors write a file in several steps, and a checkout writes many.
const settleMs = 150;

/** Publishes what is saved in a folder, and says where it cannot be, until the command is stopped. */
export async function watchFiles(
  context: CommandContext,
  mail: Mail,
  folder: string,
  report: (context: CommandContext, result: SyncResult, done: string) => void,
): Promise<void> {
  const changes = watch(folder, { recursive: true, signal: context.signal });
  await publish(context, mail, report);
  context.note(`Watching ${folder}; Ctrl-C ends it.`);
  let waiting = false;
  let underWay = Promise.resolve();
  for await (const _ of changes) {
    if (waiting) continue;
    waiting = true;
    underWay = underWay
      .then(() => sleep(settleMs))
      .then(() => {
        waiting = false;
        return publish(context, mail, report);
      });
  }
  await underWay;
}

async function publish(
  context: CommandContext,
  mail: Mail,
  report: (context: CommandContext, result: SyncResult, done: string) => void,
): Promise<void> {
  try {
    report(context, await mail.templates.files.push({ by: 'watch' }), 'Published');
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    context.note(error.message);
  }
}
