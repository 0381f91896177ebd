import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import {
  type MessageState,
  messageStates,
  type TransitionName,
  transitions,
} from '../../server/mail/messages/states.ts';
import { type Change, type Selection, transition } from '../../server/mail/messages/transitions-store.ts';
import { packageRoot } from '../../server/mail/shared/package-root.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';

const anyButFinal = ['queued', 'sending', 'unknown', 'sent', 'failed', 'suppressed', 'held', 'cancelled'];

/** What each transition leaves and where it leads, written down once more, by hand. */
const expected: Record<TransitionName, [from: readonly string[], to: MessageState]> = {
  claim: [['queued'], 'sending'],
  send: [['sending', 'unknown'], 'sent'],
  defer: [['sending'], 'queued'],
  suppress: [['sending'], 'suppressed'],
  fail: [['sending'], 'failed'],
  loseAnswer: [['sending'], 'unknown'],
  expireUnsent: [['sending'], 'queued'],
  expireHandedOver: [['sending'], 'unknown'],
  confirm: [['unknown', 'queued'], 'sent'],
  requeue: [['unknown'], 'queued'],
  giveUp: [['unknown'], 'failed'],
  hold: [['queued'], 'held'],
  release: [['held'], 'queued'],
  holdClaimed: [['sending'], 'held'],
  cancelClaimed: [['sending'], 'cancelled'],
  returnClaimed: [['sending'], 'queued'],
  cancel: [['queued', 'held'], 'cancelled'],
  reschedule: [['queued'], 'queued'],
  retry: [['failed', 'suppressed', 'cancelled', 'unknown'], 'queued'],
  refuse: [['sending', 'unknown', 'sent'], 'failed'],
  deliver: [anyButFinal, 'delivered'],
  bounce: [[...anyButFinal, 'delivered'], 'bounced'],
  complain: [[...anyButFinal, 'delivered', 'bounced'], 'complained'],
};

const at = new Date('2026-05-04T09:00:00.123Z');
const dueAt = new Date('2026-05-04T10:00:00.456Z');
const all = { at, dueAt, lease: 'new lease', reason: 'why' };

describe('transitions of a message', () => {
  const db = testDatabase();
  const messages = () => db('postlane_messages');
  let mail: Mail;
  let id: string;

  before(async () => {
    mail = await openMail();
    ({ id } = await mail.send({ ...resetInput(), sendAt: new Date(Date.now() + 3_600_000) }));
  });
  after(() => mail.close());

  const put = (state: MessageState, over: object = {}) =>
    messages()
      .where({ id })
      .update({
        state,
        lease: 'mine',
        attempt_count: 3,
        due_at: '2026-05-04 08:00:00',
        reason: 'old',
        ...over,
      });
  /** Moves the message as its holder; the compiler knows what each one takes, here all is at hand. */
  const move = (name: TransitionName, over: object = {}) =>
    transition(
      db,
      name,
      { ids: [id], lease: 'mine', attempt: 3, ...over } as Selection<TransitionName>,
      all as Change<TransitionName>,
    );
  const row = () => messages().where({ id }).first();
  const names = Object.keys(transitions) as TransitionName[];

  for (const name of names) {
    const [from, to] = expected[name];

    it(`${name} leads from ${from.join(', ')} to ${to} and from nowhere else`, async () => {
      for (const state of messageStates) {
        await put(state);
        const mayLeave = from.includes(state);
        expect(await move(name), state).to.equal(mayLeave ? 1 : 0);
        expect((await row()).state, state).to.equal(mayLeave ? to : state);
      }
    });

    it(`${name} keeps, sets and clears what its row says, and nothing else`, async () => {
      const { clears, takes, ...more } = transitions[name];
      await put(transitions[name].from[0]);
      const before = await row();
      await move(name);
      const cleared: readonly string[] = clears;
      const taken: readonly string[] = takes;
      const value = (column: 'dueAt' | 'lease' | 'reason', old: unknown) =>
        taken.includes(column) ? all[column] : cleared.includes(column) ? null : old;
      expect(await row()).to.deep.equal({
        ...before,
        state: to,
        due_at: value('dueAt', before.due_at),
        lease: value('lease', before.lease),
        reason: value('reason', before.reason),
        ...('stamp' in more && { [more.stamp]: at }),
        ...(cleared.includes('failedAt') && { failed_at: null }),
        ...('startsAttempt' in more && { attempt_count: 4 }),
      });
    });
  }

  it('are refused to a process that lost its lease, or whose attempt is not the latest', async () => {
    const fences: Record<string, [TransitionName[], object]> = {
      lease: [
        ['defer', 'suppress', 'fail', 'loseAnswer', 'holdClaimed', 'cancelClaimed', 'returnClaimed'],
        { lease: 'old' },
      ],
      attempt: [['requeue', 'giveUp'], { attempt: 2 }],
    };
    for (const [fenced, over] of Object.values(fences)) {
      for (const name of fenced) {
        await put(transitions[name].from[0]);
        expect(await move(name, over), name).to.equal(0);
      }
    }
    await put('sending');
    expect(await move('send', { lease: 'old' }), 'another process has it in hand').to.equal(0);
    await put('unknown', { lease: null });
    expect(await move('send', { lease: 'old' }), 'a late answer is still the answer').to.equal(1);
    await put('queued');
    expect(await move('confirm', { attempt: 2 }), 'a later attempt has begun').to.equal(0);
    await put('unknown');
    expect(await move('confirm', { attempt: 2 })).to.equal(1);
  });

  it('cut a reason to what its column holds', async () => {
    await put('sending');
    await transition(db, 'fail', { ids: [id], lease: 'mine' }, { at, reason: 'x'.repeat(700) });
    expect((await row()).reason).to.equal('x'.repeat(500));
  });

  it('have one writer', () => {
    const others = sourceFiles().filter(file => !writers.includes(file));
    expect(
      others.filter(file => writesState(readFileSync(path.join(packageRoot, file), 'utf8'))),
    ).to.deep.equal([]);
  });

  it('would be seen where another wrote one', () => {
    expect(writesState("trx.raw(`UPDATE postlane_messages SET state = 'sent' WHERE id = ?`)")).to.equal(true);
    expect(
      writesState("UPDATE postlane_messages m JOIN postlane_attempts a ON 1 SET m.state='sent'"),
    ).to.equal(true);
    expect(
      writesState("db('postlane_messages').where({ id }).update({ due_at: null, state: 'x' })"),
    ).to.equal(true);
    expect(writesState("db('postlane_messages').where({ state: 'sent' }).update({ due_at: null })")).to.equal(
      false,
    );
    expect(writesState("db('postlane_campaigns').where({ id }).update({ state: to })")).to.equal(false);
  });
});

/** Where a message's state may be written: when it is inserted, and when it changes. */
const writers = ['server/mail/messages/insert-store.ts', 'server/mail/messages/transitions-store.ts'];

/** True where a statement sets `state` in the table of messages: by SQL, or by knex. */
function writesState(source: string): boolean {
  const updates = source.matchAll(
    /UPDATE\b[^;]*?\bpostlane_messages\b[^;]*?\bSET\b([^;]*?)(?:\bWHERE\b|`|$)/g,
  );
  if ([...updates].some(([, set = '']) => /\bstate\s*=/.test(set))) return true;
  const statements = source.split(/;\s*(?:\n|$)/).filter(one => /\(['"`]postlane_messages\b/.test(one));
  return statements.some(one => /\.insert\(|\.update\(\s*\{[^}]*\bstate\b/.test(one));
}

function sourceFiles(): string[] {
  return ['server', 'worker', 'db'].flatMap(folder =>
    readdirSync(path.join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .sort()
      .map(name => `${folder}/${name.replaceAll(path.sep, '/')}`),
  );
}
