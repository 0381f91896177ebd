import type { MailContext } from '../context.ts';
import { type MessageState, openStates } from '../messages/states.ts';
import { countUpTo, oldestIn, type QueueAge, queueAges } from './queue-store.ts';

/** Where counting a state stops. */
const countedUpTo = 100_000;

/** What is still owed. */
export interface Queue {
  /** Each open state with how many messages are in it (counted up to 100,000) and when its oldest was accepted. */
  states: { state: MessageState; count: number; oldestAt: Date | null }[];
  /** The longest that a due message of each stream has waited, the longest first. */
  due: QueueAge[];
}

/** What is still owed, by state and by stream. */
export async function queueNow({ db, now }: Pick<MailContext, 'db' | 'now'>): Promise<Queue> {
  const [states, due] = await Promise.all([
    Promise.all(
      openStates.map(async state => ({
        state,
        count: await countUpTo(db, state, countedUpTo),
        oldestAt: await oldestIn(db, state),
      })),
    ),
    queueAges(db, now()),
  ]);
  return { states, due };
}
