import type { MessageState } from '../mail/index.ts';

/** One state's part of a bar; `x` and `width` in percent of its length. */
export interface Segment {
  state: MessageState;
  count: number;
  x: number;
  width: number;
}

// What is settled comes first, so that a campaign's bar fills from the left.
const order = Object.keys({
  delivered: true,
  sent: true,
  bounced: true,
  complained: true,
  suppressed: true,
  failed: true,
  cancelled: true,
  unknown: true,
  held: true,
  sending: true,
  queued: true,
} satisfies Record<MessageState, true>) as MessageState[];

/** Messages by state as parts of a bar that is `total` messages long. */
export function stateBar(byState: Partial<Record<MessageState, number>>, total: number): Segment[] {
  let x = 0;
  return order.flatMap(state => {
    const count = byState[state] ?? 0;
    if (count === 0) return [];
    const width = (count / Math.max(total, 1)) * 100;
    x += width;
    return [{ state, count, x: rounded(x - width), width: rounded(width) }];
  });
}

function rounded(percent: number): number {
  return Math.round(percent * 100) / 100;
}
