import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { type EventKind, eventKinds } from '../providers/event.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { type EventView, readEvent } from './events-store.ts';
import {
  countUnmatched,
  countWithFaults,
  listUnmatched,
  readUnmatched,
  type UnmatchedEvent,
  type UnmatchedFilter,
} from './unmatched-store.ts';

/** Events of providers that belong to no message: `mail.events`. */
export interface Events {
  /**
   * Those about no message that is known and those that could not be read whole, the latest first; at most 100. `before` is
   * the id of the last one that was seen.
   */
  unmatched(filter?: UnmatchedFilter | undefined): Promise<UnmatchedEvent[]>;
  /** One of them with what it says; null when there is none. Its payload is at `messages.rawEvent`. */
  get(id: string): Promise<(UnmatchedEvent & Pick<EventView, 'details' | 'rawMarks'>) | null>;
  /** How many there are of each kind, and how many could not be read whole. Counting ends at 1,000. */
  counts(): Promise<UnmatchedCounts>;
}

/** See {@link Events.counts}; kinds of which there are none are left out. */
export interface UnmatchedCounts {
  kinds: { kind: EventKind; count: number }[];
  withFaults: number;
}

const listed = 100;
const counted = 1000;
const id = Joi.string().pattern(/^\d{1,19}$/);
const rules: Rules<Events> = {
  unmatched: [
    argument(
      'filter',
      Joi.object({ kind: Joi.valid(...eventKinds), hasFaults: Joi.boolean(), before: id }).unknown(false),
    ),
  ],
  get: [argument('id', id.required())],
  counts: [],
};

/** See {@link Events}. */
export function createEvents({ db }: MailContext): Events {
  const events: Events = {
    unmatched: (filter = {}) => listUnmatched(db, filter, listed),

    async get(id) {
      const [found, event] = await Promise.all([readUnmatched(db, id), readEvent(db, id)]);
      return found && event && { ...found, details: event.details, rawMarks: event.rawMarks };
    },

    async counts() {
      const [withFaults, ...counts] = await Promise.all([
        countWithFaults(db, new Date(0), counted),
        ...eventKinds.map(kind => countUnmatched(db, kind, counted)),
      ]);
      const kinds = eventKinds.map((kind, i) => ({ kind, count: counts[i] ?? 0 }));
      return { withFaults, kinds: kinds.filter(({ count }) => count > 0) };
    },
  };
  return withCheckedInput(events, rules);
}
