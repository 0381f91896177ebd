import { structuredPatch } from 'diff';
import { readable } from './readable.ts';

/** A line of a comparison: there before, there now, in both, or a gap between places. */
export interface ChangeLine {
  kind: 'del' | 'ins' | 'same' | 'gap';
  text: string;
}

const kinds: Record<string, ChangeLine['kind']> = { '-': 'del', '+': 'ins', ' ': 'same' };

/**
 * What differs between two values, as lines with three unchanged ones around; empty when nothing does. Where a comparison
 * would take too long, all of the one and then all of the other.
 */
export function changeLines(before: unknown, after: unknown): ChangeLine[] {
  const [old, now] = [shown(readable(before)), shown(readable(after))];
  const patch = structuredPatch('', '', old, now, undefined, undefined, searched);
  if (!patch) return [...whole('del', old), ...whole('ins', now)];
  return patch.hunks.flatMap((hunk, i): ChangeLine[] => [
    ...(i > 0 ? [{ kind: 'gap', text: '…' } as const] : []),
    ...hunk.lines.filter(line => !line.startsWith('\\')).map(lineOf),
  ]);
}

/** What is compared and shown of each side: a template may be megabytes, on one line or on a million. */
const most = { lines: 2_000, lineLength: 1_000 } as const;
const searched = { context: 3, timeout: 100, maxEditLength: 1_000 };

function shown(text: string): string {
  const lines = text.split('\n', most.lines + 1);
  const cut = lines.slice(0, most.lines).map(line => {
    const more = line.length - most.lineLength;
    return more > 0 ? `${line.slice(0, most.lineLength)}… ${more} more characters` : line;
  });
  return lines.length > most.lines ? `${cut.join('\n')}\n… not all of it is shown\n` : cut.join('\n');
}

function lineOf(line: string): ChangeLine {
  return { kind: kinds[line[0] ?? ''] ?? 'same', text: line.slice(1) };
}

function whole(kind: ChangeLine['kind'], text: string): ChangeLine[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map(line => ({ kind, text: line }));
}
