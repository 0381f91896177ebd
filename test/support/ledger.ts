import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { testDatabase } from './database.ts';
import { until } from './until.ts';

/** Waits until no message is owed anything. */
export async function allSettled(mail: Mail): Promise<void> {
  await until('nothing is queued, in hand or unknown', async () => {
    const states = await mail.messages.countByState();
    const open = (states.queued ?? 0) + (states.sending ?? 0) + (states.unknown ?? 0);
    return open === 0 || JSON.stringify(states);
  });
}

/** The provider's count: everybody owed got exactly one copy, and nobody else got any. */
export function expectOneCopyEach({ copiesByRecipient }: Sandbox, owed: readonly string[]): void {
  const copies = copiesByRecipient();
  const awaited = new Set(owed);
  expect(
    owed.filter(address => !copies.has(address)),
    'lost',
  ).to.deep.equal([]);
  expect(
    [...copies].filter(([, count]) => count > 1),
    'sent more than once',
  ).to.deep.equal([]);
  expect(
    [...copies.keys()].filter(address => !awaited.has(address)),
    'sent though never owed',
  ).to.deep.equal([]);
}

/** Our own record agrees with the provider’s: every message sent, by exactly one accepted attempt, nothing left open. */
export async function expectSoundLedger({ copiesByAttempt }: Sandbox, owed: number): Promise<void> {
  const db = testDatabase();
  const states = await db('postlane_messages').select('state').count({ count: '*' }).groupBy('state');
  expect(states, 'states').to.deep.equal([{ state: 'sent', count: owed }]);
  expect(
    await db('postlane_messages').whereNotNull('lease').orWhereNotNull('due_at'),
    'leases left',
  ).to.deep.equal([]);

  const attempts: { id: string; message_id: string; outcome: string | null }[] = await db(
    'postlane_attempts',
  ).select('id', 'message_id', 'outcome');
  const settled = ['accepted', 'deferred', 'skipped'];
  expect(
    attempts.filter(({ outcome }) => !settled.includes(outcome ?? '')),
    'attempts without an outcome',
  ).to.deep.equal([]);
  const accepted = attempts.filter(({ outcome }) => outcome === 'accepted');
  expect(accepted, 'accepted attempts').to.have.length(owed);
  expect(new Set(accepted.map(attempt => attempt.message_id)), 'messages with one').to.have.length(owed);
  expect(accepted.map(({ id }) => id).sort(), 'the attempts that the provider took').to.deep.equal(
    [...copiesByAttempt().keys()].sort(),
  );
}
