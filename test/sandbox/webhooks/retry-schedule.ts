import type { Variants } from '../variants.ts';
import type { RecordType } from './payloads.ts';

/** When an event is tried again, and what an answer means for it. */
export interface RetrySchedule {
  /** Minutes between the tries; afterwards the event is given up. */
  minutes: readonly number[];
  /** `status` is 0 when the receiver could not be reached in time. */
  judge(status: number): 'taken' | 'retry' | 'drop';
}

/** Inbound mail: everything but 200 is tried again, and 403 ends it. */
export const INBOUND_RETRIES: RetrySchedule = {
  minutes: [1, 5, 10, 10, 10, 15, 30, 60, 120, 360],
  judge(status) {
    if (status === 200) return 'taken';
    return status === 403 ? 'drop' : 'retry';
  },
};

/** Nine retries, as the header's start at 9 implies; six is what the documentation's page says. */
const MINUTES = { nine: [1, 5, 15, 1, 5, 10, 10, 10, 15], six: [1, 5, 10, 10, 10, 15] };

/** The schedule of an outbound event. */
export function outboundRetries({ retries, takenBy }: Variants, recordType: RecordType): RetrySchedule {
  if (retries === 'legacy') return recordType === 'Bounce' ? INBOUND_RETRIES : LEGACY_RETRIES;
  return { minutes: MINUTES[retries], judge: status => judge(status, takenBy) };
}

/** Most refusals lose the event at the first try. */
function judge(status: number, takenBy: Variants['takenBy']): ReturnType<RetrySchedule['judge']> {
  if (status === 200 || (takenBy === 'any 2xx' && status > 200 && status <= 299)) return 'taken';
  const isPassing = status === 0 || status === 408 || status === 429 || status >= 500;
  return isPassing || (status >= 200 && status <= 399) ? 'retry' : 'drop';
}

const LEGACY_RETRIES: RetrySchedule = { minutes: [1, 5, 15], judge: INBOUND_RETRIES.judge };
