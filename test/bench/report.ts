/** One measured figure: ours, that of its bare pair, and ours divided by the pair's. */
export interface Result {
  part: string;
  ours: number;
  /** Null where there is nothing to compare with. */
  pair: number | null;
  /** Of `mails/s`, `jobs/s` and `events/s` more is better, of the others less. */
  unit: 'mails/s' | 'jobs/s' | 'events/s' | 'ms' | 'queries/s' | 'rows';
  /** Lines that help to judge the figure; in the table only. */
  notes?: string[];
}

/** A result for machines. */
export function jsonLine({ part, ours, pair, unit }: Result): string {
  return JSON.stringify({
    part,
    ours: rounded(ours),
    pair: pair === null ? null : rounded(pair),
    unit,
    ratio: pair === null ? null : rounded(ours / pair),
  });
}

/** All results for people, on standard output. */
export function printTable(machine: string, results: readonly Result[]): void {
  const header = ['part', 'ours', 'pair', 'unit', 'ours / pair', 'better'];
  const rows = results.map(({ part, ours, pair, unit }) => [
    part,
    rounded(ours).toString(),
    pair === null ? '-' : rounded(pair).toString(),
    unit,
    pair === null ? '-' : (ours / pair).toFixed(2),
    ['ms', 'queries/s', 'rows'].includes(unit) ? 'lower' : 'higher',
  ]);
  const widths = header.map((_, i) => Math.max(...[header, ...rows].map(row => row[i]?.length ?? 0)));
  const line = (row: string[]) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  const notes = results.flatMap(({ notes = [] }) => notes);
  const lines = [
    machine,
    '',
    line(header),
    widths.map(width => '-'.repeat(width)).join('  '),
    ...rows.map(line),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ];
  process.stdout.write(`\n${lines.map(text => text.trimEnd()).join('\n')}\n`);
}

// Three figures are more than these measurements are worth; a ratio near 1 wants two behind the point.
function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
