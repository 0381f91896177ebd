import { diffArrays } from 'diff';

/** A line of a difference. Numbers are from 1; null on the side that lacks it. */
export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  /** A long line ends in `…` and how many characters are left out. */
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
  /** Lines that are not shown, because there are too many: those removed and added, or not compared at all. */
  omitted: number;
}

/** Two sets of named texts; a text that is absent on one side counts as empty there. */
export interface Compared {
  before: ReadonlyMap<string, string>;
  after: ReadonlyMap<string, string>;
}

/**
 * How much of a difference is looked for and shown: nobody reads more, and a page of it would be larger than the
 * templates themselves.
 */
export const diffBounds = {
  /** Lines of a part that are compared, from the first that differs. */
  compared: 10_000,
  /** Lines shown of one part, and of all parts together. */
  ofPart: 1_000,
  ofAll: 4_000,
  /** Characters shown of a line. */
  lineLength: 1_000,
  /** Parts shown. */
  parts: 500,
} as const;

/** What differs between two sets of texts, within {@link diffBounds}. */
export function differences({ before, after }: Compared): PartDiff[] {
  let left: number = diffBounds.ofAll;
  return differingParts({ before, after }).map(part => {
    const [old, young] = [before.get(part) ?? '', after.get(part) ?? ''];
    const found = cut(hunksOf(old, young), Math.min(left, diffBounds.ofPart));
    left -= found.hunks.reduce((sum, { lines }) => sum + lines.length, 0);
    return { part, ...found };
  });
}

function differingParts({ before, after }: Compared): string[] {
  const parts = new Set([...before.keys(), ...after.keys()]);
  return [...parts].filter(part => before.get(part) !== after.get(part)).slice(0, diffBounds.parts);
}

/** The parts that differ, where there was no time to say in what. */
export function undescribed({ before, after }: Compared): PartDiff[] {
  return differingParts({ before, after }).map(part => ({
    part,
    hunks: [],
    omitted: lineCount(before.get(part)) + lineCount(after.get(part)),
  }));
}

function lineCount(text = ''): number {
  let count = text === '' ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

interface Found {
  hunks: DiffHunk[];
  omitted: number;
}

function hunksOf(before: string, after: string): Found {
  const [old, young] = linesOf(before, after);
  const start = commonStart(old, young);
  const end = commonEnd(old, young, start);
  const most = start + diffBounds.compared;
  const [oldEnd, newEnd] = [old.length - end, young.length - end];
  const lines = changedLines(
    old.slice(start, Math.min(oldEnd, most)),
    young.slice(start, Math.min(newEnd, most)),
    start,
  );
  const beforeThem = old.slice(Math.max(0, start - context), start).map((text, i, all) => {
    const line = start - all.length + i + 1;
    return same(text, line, line);
  });
  const afterThem = old
    .slice(oldEnd, oldEnd + context)
    .map((text, i) => same(text, oldEnd + i + 1, newEnd + i + 1));
  const uncompared = Math.max(0, oldEnd - most) + Math.max(0, newEnd - most);
  const all = [...beforeThem, ...lines, ...(uncompared === 0 ? afterThem : [])];
  return { hunks: grouped(all), omitted: uncompared };
}

const context = 3;

// A line's end is no line of its own, unless one side alone has it.
function linesOf(before: string, after: string): [string[], string[]] {
  const bothEnd = before.endsWith('\n') && after.endsWith('\n');
  const split = (text: string) => (text === '' ? [] : (bothEnd ? text.slice(0, -1) : text).split('\n'));
  return [split(before), split(after)];
}

function commonStart(old: readonly string[], young: readonly string[]): number {
  let count = 0;
  while (count < old.length && count < young.length && old[count] === young[count]) count++;
  return count;
}

function commonEnd(old: readonly string[], young: readonly string[], start: number): number {
  const most = Math.min(old.length, young.length) - start;
  let count = 0;
  while (count < most && old[old.length - 1 - count] === young[young.length - 1 - count]) count++;
  return count;
}

// The search for the shortest difference takes the square of its length: past this, one side replaces the other.
const searched = { maxEditLength: 2_000, timeout: 300 };

function changedLines(old: string[], young: string[], start: number): DiffLine[] {
  let [oldLine, newLine] = [start + 1, start + 1];
  const changes = diffArrays(old, young, searched) ?? [
    { removed: true, added: false, value: old },
    { removed: false, added: true, value: young },
  ];
  return changes.flatMap(({ added, removed, value }) =>
    value.map((text): DiffLine => {
      if (removed) return { kind: 'removed', text, oldLine: oldLine++, newLine: null };
      if (added) return { kind: 'added', text, oldLine: null, newLine: newLine++ };
      return same(text, oldLine++, newLine++);
    }),
  );
}

function same(text: string, oldLine: number, newLine: number): DiffLine {
  return { kind: 'same', text, oldLine, newLine };
}

/** Hunks of lines that changed, with those around them; what lies between is left out. */
function grouped(lines: readonly DiffLine[]): DiffHunk[] {
  const hunks: DiffHunk[] = [];
  let [oldLine, newLine] = [lines[0]?.oldLine ?? 1, lines[0]?.newLine ?? 1];
  let since = Number.POSITIVE_INFINITY;
  const upcoming = distances(lines);
  for (const [at, line] of lines.entries()) {
    oldLine = line.oldLine ?? oldLine;
    newLine = line.newLine ?? newLine;
    since = line.kind === 'same' ? since + 1 : 0;
    if (since > context && (upcoming[at] ?? 0) > context) continue;
    const last = hunks.at(-1);
    const isNext = at > 0 && last?.lines.at(-1) === lines[at - 1];
    if (last && isNext) last.lines.push(line);
    else hunks.push({ oldStart: oldLine, newStart: newLine, lines: [line] });
  }
  return hunks;
}

/** For each line how many follow until the next one that changed. */
function distances(lines: readonly DiffLine[]): number[] {
  const found = new Array<number>(lines.length);
  let next = Number.POSITIVE_INFINITY;
  for (let at = lines.length - 1; at >= 0; at--) {
    next = lines[at]?.kind === 'same' ? next + 1 : 0;
    found[at] = next;
  }
  return found;
}

function cut({ hunks, omitted }: Found, most: number): Found {
  let left = most;
  let dropped = 0;
  const shown: DiffHunk[] = [];
  for (const hunk of hunks) {
    const lines = hunk.lines.slice(0, left);
    left -= lines.length;
    dropped += hunk.lines.slice(lines.length).filter(({ kind }) => kind !== 'same').length;
    if (lines.length > 0) shown.push({ ...hunk, lines: lines.map(shortened) });
  }
  return { hunks: shown, omitted: omitted + dropped };
}

function shortened(line: DiffLine): DiffLine {
  const more = line.text.length - diffBounds.lineLength;
  return more > 0
    ? { ...line, text: `${line.text.slice(0, diffBounds.lineLength)}… ${more} more characters` }
    : line;
}
