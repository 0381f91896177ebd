import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { cursorUpdatedAt } from '../shared/cursors-store.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { hourMs, hourOf } from '../shared/time.ts';
import { type Alert, currentAlerts } from './alerts.ts';
import { latencyAt } from './hourly-store.ts';
import { type Queue, queueNow } from './queue.ts';
import { type Counts, countsByStep, countsByTemplate, queueByStep, type StreamStep } from './series-store.ts';

/** One stream in one step of time. Shares are null where there is nothing to share, times are in ms. */
export interface StreamPoint {
  accepted: number;
  sent: number;
  delivered: number;
  bounced: number;
  complained: number;
  failed: number;
  deliveredShare: number | null;
  bouncedShare: number | null;
  complainedShare: number | null;
  /** Within which 50 % and 95 % of the hand-overs were done. */
  handOverHalfMs: number | null;
  handOverMostMs: number | null;
  /** How long the oldest due message had waited. */
  queueAgeMs: number | null;
}

/** A span of time in equal steps, each stream with a point at each step, and over all of it. */
export interface Series {
  since: Date;
  until: Date;
  /** When each step begins. */
  steps: Date[];
  streams: { stream: string; points: StreamPoint[]; total: StreamPoint }[];
  /** When hours were last counted; null when they never were. */
  countedAt: Date | null;
}

/** Counts of the messages of one template. */
export interface TemplateCounts extends Counts {
  template: string;
}

/** What pages show of many messages, read from hours that the worker counts: `mail.monitoring`. */
export interface Monitoring {
  /** The last `hours`, the running one included, in steps of `stepHours`. */
  series(hours: number, stepHours: number): Promise<Series>;
  /** Counts of the last `days` by template; a template without messages is absent. */
  templates(days: number): Promise<TemplateCounts[]>;
  /** What somebody should look at, the worst first. */
  alerts(): Promise<Alert[]>;
  /** What is still owed, by state and by stream. */
  queue(): Promise<Queue>;
}

const whole = (most: number) => Joi.number().integer().min(1).max(most).required();
// A step of each is answered: thirteen months of hours are enough for any page.
const mostHours = 400 * 24;
const rules: Rules<Monitoring> = {
  series: [argument('hours', whole(mostHours)), argument('stepHours', whole(mostHours))],
  templates: [argument('days', whole(400))],
  alerts: [],
  queue: [],
};

/** See {@link Monitoring}. */
export function createMonitoring(context: MailContext): Monitoring {
  const { db, now } = context;

  async function series(hours: number, stepHours: number): Promise<Series> {
    const to = new Date(hourOf(now()).getTime() + hourMs);
    const from = new Date(to.getTime() - hours * hourMs);
    const [counts, queue, countedAt] = await Promise.all([
      countsByStep(db, from, to, stepHours),
      queueByStep(db, from, to, stepHours),
      cursorUpdatedAt(db, 'hours'),
    ]);
    const steps = Array.from(
      { length: Math.ceil(hours / stepHours) },
      (_, step) => new Date(from.getTime() + step * stepHours * hourMs),
    );
    const streams = [...new Set([...counts, ...queue].map(({ stream }) => stream))].sort();
    return {
      since: from,
      until: to,
      steps,
      countedAt,
      streams: streams.map(stream => {
        const own = counts.filter(row => row.stream === stream);
        const waits = queue.filter(row => row.stream === stream);
        return {
          stream,
          points: steps.map((_, step) =>
            pointOf(
              own.filter(row => row.step === step),
              waits.filter(row => row.step === step),
            ),
          ),
          total: pointOf(own, waits),
        };
      }),
    };
  }

  const monitoring: Monitoring = {
    series,
    templates: async days => countsByTemplate(db, new Date(hourOf(now()).getTime() - days * 24 * hourMs)),
    alerts: () => currentAlerts(context),
    queue: () => queueNow(context),
  };
  return withCheckedInput(monitoring, rules);
}

function pointOf(rows: readonly StreamStep[], waits: readonly { ageMs: number }[]): StreamPoint {
  const sum = (column: keyof Counts) => rows.reduce((total, row) => total + row[column], 0);
  const [sent, delivered, bounced, complained] = [
    sum('sent'),
    sum('delivered'),
    sum('bounced'),
    sum('complained'),
  ];
  const share = (count: number) => (sent === 0 ? null : count / sent);
  const latency = {
    within_1s: sum('within_1s'),
    within_5s: sum('within_5s'),
    within_30s: sum('within_30s'),
    within_2m: sum('within_2m'),
    within_10m: sum('within_10m'),
    within_1h: sum('within_1h'),
    measured: sum('measured'),
  };
  return {
    accepted: sum('accepted'),
    sent,
    delivered,
    bounced,
    complained,
    failed: sum('failed'),
    deliveredShare: share(delivered),
    bouncedShare: share(bounced),
    complainedShare: share(complained),
    handOverHalfMs: latencyAt(0.5, latency),
    handOverMostMs: latencyAt(0.95, latency),
    queueAgeMs: waits.length === 0 ? null : Math.max(...waits.map(({ ageMs }) => ageMs)),
  };
}
