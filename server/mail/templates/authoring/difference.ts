import { structuredPatch } from 'diff';

/** A line of a difference. Numbers are from 1; null on the side that lacks it. */
export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  text: string;
  oldLine: number | null;
  newLine: number | null;
}

/** Changed lines with up to three unchanged ones around them. */
export interface DiffHunk {
  oldStart: number;
  newStart: number;
  lines: DiffLine[];
}

/** What differs in one part: `subject`, `html.nl`, `contract`, `sample`, `layout` or a value of the brand. */
export interface PartDiff {
  part: string;
  hunks: DiffHunk[];
}

/** What differs between two sets of named texts; a text that is absent on one side counts as empty there. */
export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): PartDiff[] {
  const parts = new Set([...before.keys(), ...after.keys()]);
  return [...parts]
    .filter(part => before.get(part) !== after.get(part))
    .map(part => ({ part, hunks: hunksOf(before.get(part) ?? '', after.get(part) ?? '') }));
}

// The search for the shortest difference takes the square of its length: past this, one side replaces the other.
const searched = { maxEditLength: 2_000, timeout: 300 };

function hunksOf(before: string, after: string): DiffHunk[] {
  const patch = structuredPatch('', '', before, after, '', '', {
    context: 3,
    ...searched,
  });
  if (!patch) return [replaced(before, after)];
  return patch.hunks.map(({ oldStart, newStart, lines }) => ({
    oldStart,
    newStart,
    lines: numbered(lines, oldStart, newStart),
  }));
}

const kinds: Record<string, DiffLine['kind']> = { ' ': 'same', '+': 'added', '-': 'removed' };

function numbered(lines: string[], oldStart: number, newStart: number): DiffLine[] {
  let [oldLine, newLine] = [oldStart, newStart];
  return lines.flatMap(line => {
    const kind = kinds[line[0] ?? ''];
    // `\ No newline at end of file`
    if (!kind) return [];
    return {
      kind,
      text: line.slice(1),
      oldLine: kind === 'added' ? null : oldLine++,
      newLine: kind === 'removed' ? null : newLine++,
    };
  });
}

function replaced(before: string, after: string): DiffHunk {
  const removed = before.split('\n').map(text => `-${text}`);
  const added = after.split('\n').map(text => `+${text}`);
  return { oldStart: 1, newStart: 1, lines: numbered([...removed, ...added], 1, 1) };
}
