import uPlot from 'uplot';
import { find, findAll, make } from '../page.ts';
import { type Unit, valueText } from './chart-values.ts';

const height = 176;

/** A table of numbers: when, and a column for each stream. */
interface Table {
  times: number[];
  columns: (number | null)[][];
  /** The same in words, as the table has them. */
  words: string[][];
  names: string[];
}

/** Draws the chart of a figure from the table that it has beneath; the table stays for those who want it. */
export function drawChart(figure: HTMLElement): uPlot {
  const unit = figure.dataset.chart as Unit;
  const table = readTable(figure);
  const canvas = find('.canvas', figure);
  const tip = make('div', { className: 'tip', hidden: true });
  const chart = new uPlot(
    settings(figure, canvas, table, unit, tip),
    [table.times, ...table.columns],
    canvas,
  );
  chart.over.append(tip);
  return chart;
}

function readTable(figure: HTMLElement): Table {
  const rows = findAll<HTMLTableRowElement>('tbody tr', figure);
  const names = findAll('thead th.number', figure).map(cell => cell.textContent ?? '');
  return {
    names,
    times: rows.map(row => Date.parse(find<HTMLTimeElement>('time', row).dateTime) / 1000),
    columns: names.map((_, column) => rows.map(row => numberIn(findAll('td.number', row)[column]))),
    words: names.map((_, column) => rows.map(row => findAll('td.number', row)[column]?.textContent ?? '')),
  };
}

function numberIn(cell: HTMLElement | undefined): number | null {
  const text = cell?.dataset.value ?? '';
  return text === '' ? null : Number(text);
}

function settings(
  figure: HTMLElement,
  canvas: HTMLElement,
  { names, columns, words }: Table,
  unit: Unit,
  tip: HTMLElement,
): uPlot.Options {
  const color = (name: string) => getComputedStyle(figure).getPropertyValue(name).trim();
  const axis = {
    stroke: color('--quiet'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1, size: 4 },
  };
  const highest = Math.max(...columns.flat().map(value => value ?? 0), lowestTop[unit]);
  return {
    width: canvas.getBoundingClientRect().width,
    height,
    // To the right there is room for half of the last tick's words.
    padding: [8, 20, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: { x: { time: true }, y: { range: [0, highest * 1.05] } },
    axes: [
      {
        ...axis,
        size: 28,
        space: 76,
        values: (_, ticks) => ticks.map(tick => tickWords(tick, stepOf(ticks))),
      },
      {
        ...axis,
        size: 62,
        space: 34,
        ...(unit !== 'share' && { incrs: unit === 'ms' ? timeSteps : wholeSteps }),
        values: (_, ticks) => ticks.map(tick => valueText(tick, unit)),
      },
    ],
    series: [
      {},
      ...names.map((label, i) => ({
        label,
        stroke: color(`--series-${i % 5}`),
        width: 2,
        spanGaps: false,
        // A line needs two: what stands alone would not be seen.
        points: { show: true, filter: () => alone(columns[i] ?? []) },
      })),
    ],
    hooks: { setCursor: [chart => showTip(chart, tip, names, words)] },
  };
}

function alone(column: readonly (number | null)[]): number[] {
  const isNumber = (i: number) => (column[i] ?? null) !== null;
  return [...column.keys()].filter(i => isNumber(i) && !isNumber(i - 1) && !isNumber(i + 1));
}

// There is no half message.
const wholeSteps = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map(n => n * 10 ** power)).flat();

// Round in the unit in which they are said: no third of a minute.
const timeSteps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map(seconds => seconds * 1000),
  ...[1, 2, 5, 10, 20, 30].map(minutes => minutes * 60_000),
  ...[1, 2, 4, 8, 12, 24, 48, 96, 240].map(hours => hours * 3_600_000),
];

function stepOf(ticks: readonly number[]): number {
  return (ticks[1] ?? 0) - (ticks[0] ?? 0);
}

const dayWords = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const timeWords = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

// Hours within a day, except for midnight, which begins the next.
function tickWords(tick: number, step: number): string {
  const at = new Date(tick * 1000);
  return step >= 86_400 || timeWords.format(at) === '00:00' ? dayWords.format(at) : timeWords.format(at);
}

// A scale that ends lower would make hills of nothing.
const lowestTop: Record<Unit, number> = { count: 4, share: 0.001, ms: 1000 };

const moment = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

function showTip(chart: uPlot, tip: HTMLElement, names: readonly string[], words: readonly string[][]): void {
  const { idx, left = -1 } = chart.cursor;
  tip.hidden = idx === null || idx === undefined || left < 0;
  if (tip.hidden || idx === null || idx === undefined) return;
  const at = moment.format(new Date((chart.data[0][idx] ?? 0) * 1000));
  const lines = names.map((name, i) => make('div', {}, `${name}: ${words[i]?.[idx] ?? ''}`));
  tip.replaceChildren(make('b', {}, at), ...lines);
  const beyondMiddle = left > chart.over.clientWidth / 2;
  tip.style.left = beyondMiddle ? 'auto' : `${left + 12}px`;
  tip.style.right = beyondMiddle ? `${chart.over.clientWidth - left + 12}px` : 'auto';
}
