import type { DiffHunk, DiffLine, PartDiff } from '../../mail/index.ts';

/** A line of the old side beside the line of the new side that takes its place; null where one side has none. */
export interface LinePair {
  before: (Pick<DiffLine, 'kind' | 'text'> & { line: number | null }) | null;
  after: (Pick<DiffLine, 'kind' | 'text'> & { line: number | null }) | null;
}

/** A difference of one part, to be shown side by side. */
export interface ShownDiff {
  part: string;
  hunks: LinePair[][];
  /** Lines that are not shown. */
  omitted: number;
}

/** Pairs the lines of each part: what was removed with what was added in its place. */
export function shownDiff(parts: readonly PartDiff[]): ShownDiff[] {
  return parts.map(({ part, hunks, omitted }) => ({ part, hunks: hunks.map(pairs), omitted }));
}

function pairs({ lines }: DiffHunk): LinePair[] {
  const paired: LinePair[] = [];
  // Where the next added line finds its removed partner.
  let waiting = 0;
  for (const { kind, text, oldLine, newLine } of lines) {
    const before = kind === 'added' ? null : { kind, text, line: oldLine };
    const after = kind === 'removed' ? null : { kind, text, line: newLine };
    const partner = kind === 'added' && waiting < paired.length ? paired[waiting] : undefined;
    if (partner) {
      partner.after = after;
      waiting++;
      continue;
    }
    paired.push({ before, after });
    if (kind !== 'removed') waiting = paired.length;
  }
  return paired;
}
