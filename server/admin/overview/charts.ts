import type { Series, StreamPoint } from '../../mail/index.ts';
import { viewHelpers } from '../view-helpers.ts';

/** What the numbers of a chart are. */
export type Unit = 'count' | 'share' | 'ms';

/** One chart, and the table beneath it that has the same numbers: a row for each step, a column for each stream. */
export interface Chart {
  key: string;
  title: string;
  /** What is shown, for those who see it the first time. */
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
  /** The value in words, where its unit is not enough. */
  text?: (value: number | null) => string;
}

const kinds: readonly Kind[] = [
  {
    key: 'volume',
    title: 'Messages',
    hint: 'Accepted, by hour.',
    unit: 'count',
    value: point => point.accepted,
  },
  {
    key: 'delivered',
    title: 'Delivered',
    hint: 'Share of sent messages. Events for the latest hours are still coming in.',
    unit: 'share',
    value: point => point.deliveredShare,
  },
  {
    key: 'bounced',
    title: 'Bounced',
    hint: 'Share of sent messages. Above 5% needs attention.',
    unit: 'share',
    value: point => point.bouncedShare,
  },
  {
    key: 'complained',
    title: 'Complaints',
    hint: 'Share of sent messages. Above 0.1% needs attention.',
    unit: 'share',
    value: point => point.complainedShare,
  },
  {
    key: 'hand-over',
    title: 'Sending time',
    hint: 'From the first attempt to the provider’s answer, 95th percentile.',
    unit: 'ms',
    value: point => point.handOverMostMs,
    text: viewHelpers.took,
  },
  {
    key: 'queue',
    title: 'Queue age',
    hint: 'How long the oldest due message has waited.',
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
