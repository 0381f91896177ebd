/** When an event is tried again, and what an answer means for it. */
export interface Ladder {
  /** Minutes between the tries; afterwards the event is given up. */
  minutes: readonly number[];
  /** `status` is 0 when the receiver could not be reached in time. */
  judge(status: number): 'taken' | 'retry' | 'drop';
}

/** Outbound events: most refusals lose the event at the first try. Nine retries, as the header's start at 9 implies. */
export const OUTBOUND_LADDER: Ladder = {
  minutes: [1, 5, 15, 1, 5, 10, 10, 10, 15],
  judge(status) {
    if (status >= 200 && status <= 299) return 'taken';
    const isPassing = status === 0 || status === 408 || status === 429 || status >= 500;
    return isPassing || (status >= 300 && status <= 399) ? 'retry' : 'drop';
  },
};

/** Inbound mail: everything but 200 is tried again, and 403 ends it. */
export const INBOUND_LADDER: Ladder = {
  minutes: [1, 5, 10, 10, 10, 15, 30, 60, 120, 360],
  judge(status) {
    if (status === 200) return 'taken';
    return status === 403 ? 'drop' : 'retry';
  },
};
