import type { Series, StreamPoint } from '../../mail/index.ts';
import { viewHelpers } from '../view-helpers.ts';

/** What the numbers of a chart are. */
export type Unit = 'count' | 'share' | 'ms';

/** One chart, and the table beneath it that has the same numbers: a row for each step, a column for each stream. */
export interface Chart {
  key: string;
  title: string;
  /** What is shown, for whoever has not seen it before. */
  hint: string;
  unit: Unit;
  streams: { name: string; index: number }[];
  rows: { at: Date; values: { value: number | null; text: string }[] }[];
}

interface Kind {
  key: string;
  title: string;
  hint: string;
  unit: Unit;
  value: (point: StreamPoint) => number | null;
  /** How a value is said, where its unit does not tell. */
  text?: (value: number | null) => string;
}

const kinds: readonly Kind[] = [
  {
    key: 'volume',
    title: 'Messages',
    hint: 'Accepted, by the hour in which they were.',
    unit: 'count',
    value: point => point.accepted,
  },
  {
    key: 'delivered',
    title: 'Delivered',
    hint: 'Of what was sent. The latest hours still fill up.',
    unit: 'share',
    value: point => point.deliveredShare,
  },
  {
    key: 'bounced',
    title: 'Bounced',
    hint: 'Of what was sent. Above 5% wants attention.',
    unit: 'share',
    value: point => point.bouncedShare,
  },
  {
    key: 'complained',
    title: 'Complaints',
    hint: 'Of what was sent. Above 0.1% wants attention.',
    unit: 'share',
    value: point => point.complainedShare,
  },
  {
    key: 'hand-over',
    title: 'Hand-over time',
    hint: 'From the first attempt to Postmark’s answer, 95 of 100 within.',
    unit: 'ms',
    value: point => point.handOverMostMs,
    text: viewHelpers.took,
  },
  {
    key: 'queue',
    title: 'Age of the queue',
    hint: 'How long the oldest due message had waited.',
    unit: 'ms',
    value: point => point.queueAgeMs,
  },
];

/** The charts of a span of time. */
export function chartsOf({ steps, streams }: Series): Chart[] {
  return kinds.map(({ value: read, text, ...kind }) => ({
    ...kind,
    streams: streams.map(({ stream }, index) => ({ name: stream, index: index % 5 })),
    rows: steps.map((at, step) => ({
      at,
      values: streams.map(({ points }) => {
        const point = points[step];
        const value = point ? read(point) : null;
        return { value, text: text ? text(value) : viewHelpers.amount(value, kind.unit) };
      }),
    })),
  }));
}
