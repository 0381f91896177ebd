import Joi from 'joi';
import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { readEvent } from '../events/events-store.ts';
import { addressKey, readMailbox } from '../shared/address.ts';
import { type Actor, audited } from '../shared/audit-store.ts';
import { type ChangeOptions, changeOnce } from '../shared/change.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { addressSchema, changeSchema, limitSchema, noteSchema, wordSchema } from '../shared/schemas.ts';
import { joinTransaction } from '../shared/transaction.ts';
import type { Suppressions } from './api.ts';
import {
  changeSuppression,
  listSuppressions,
  pageSuppressions,
  readSuppression,
  type Suppression,
} from './suppressions-store.ts';

const place = [
  argument('stream', wordSchema.required()),
  argument('address', addressSchema.required()),
] as const;
const change = [
  ...place,
  argument('note', noteSchema.required()),
  argument('options', changeSchema),
] as const;
const filterFields = { stream: wordSchema, limit: limitSchema };
/** What its functions take. */
export const suppressionRules: Rules<Suppressions> = {
  list: [argument('filter', Joi.object({ ...filterFields, address: addressSchema }))],
  page: [
    argument(
      'filter',
      Joi.object({ ...filterFields, start: addressSchema.allow(''), cursor: Joi.string().max(400) }),
    ),
  ],
  evidence: place,
  add: change,
  lift: change,
};

/** See {@link Suppressions}. */
export function createSuppressions(context: MailContext): Suppressions {
  const { db, now, log, providers } = context;
  /**
   * Stores an operator's decision and audits it with what it replaces. False when an active
   * suppression of the provider's or the recipient's is there, which must not turn into an operator's own.
   */
  const decide = (
    trx: Trx,
    { stream, address, active, note }: { stream: string; address: string; active: boolean; note: string },
    actor: Actor,
  ): Promise<boolean> =>
    readSuppression(trx, stream, address).then(async before => {
      if (active && before?.active && before.origin !== 'Operator') return false;
      const change = { stream, address, active, reason: 'ManualSuppression', origin: 'Operator', note };
      await changeSuppression(trx, { ...change, changedAt: now() });
      await audited(trx, actor, {
        action: active ? 'suppression.add' : 'suppression.lift',
        subject: `suppression:${stream}:${address}`,
        before: before && { active: before.active, reason: before.reason, origin: before.origin },
        after: { active, note },
        at: now(),
      });
      return true;
    });

  async function add(
    stream: string,
    given: string,
    note: string,
    options: ChangeOptions = {},
  ): Promise<boolean> {
    const address = addressKey(readMailbox(given, 'address').email);
    refuseStreamOfNone(stream);
    return changeOnce(
      context,
      { scope: 'suppression.add', request: { stream, address }, options },
      trx => decide(trx, { stream, address, note, active: true }, options),
      async (_, added) => added,
    );
  }

  /** Where every server has a name, `broadcast` is a stream of none: nobody would be spared any mail by it. */
  function refuseStreamOfNone(stream: string): void {
    if (providers.servers.length === 0 || providers.listing(stream)) return;
    const names = providers.servers.map(({ names, key }) => names?.stream(stream) ?? key).join(', ');
    throw new MailError(
      'invalid-input',
      `The stream ${stream} is no server’s. There are: ${names}.`,
      'stream',
    );
  }

  async function lift(
    stream: string,
    given: string,
    note: string,
    options: ChangeOptions = {},
  ): Promise<void> {
    const address = addressKey(given);
    // A transaction that is none is refused before the provider has done what it was to be a part of.
    if (options.trx) await joinTransaction(db, options.trx);
    const before = await readSuppression(db, stream, address);
    // Before the transaction: nothing is locked while the provider takes its time.
    if (before?.active && before.origin !== 'Operator' && !cannotLift(before))
      await askProvider(stream, address);
    await changeOnce(
      context,
      { scope: 'suppression.lift', request: { stream, address }, options },
      async trx => {
        const found = await readSuppression(trx, stream, address);
        if (!found?.active)
          throw new MailError('wrong-state', 'This address is not suppressed on this stream.', 'address');
        const fixed = cannotLift(found);
        if (fixed) throw new MailError('wrong-state', fixed, 'address');
        await decide(trx, { stream, address, note, active: false }, options);
      },
      async () => undefined,
    );
  }

  async function askProvider(stream: string, address: string): Promise<void> {
    const provider = providers.listing(stream);
    // Nobody keeps a list that it could still be on.
    if (!provider?.lists) return;
    const { name, lists } = provider;
    const answer = await lists.reactivate(stream, address).catch((error: unknown) => {
      log.warn({ err: error, stream }, 'the provider could not be asked to lift a suppression');
      throw new MailError(
        'wrong-state',
        `${name} could not be reached. Nothing was changed; try again.`,
        'address',
      );
    });
    if (!answer.done)
      throw new MailError('wrong-state', `${name} will not lift it: ${answer.answer}`, 'address');
  }

  /** Why a suppression cannot be lifted, in a sentence; null when it may be lifted. An operator's own always may. */
  function cannotLift({ stream, reason, origin }: Suppression): string | null {
    if (origin === 'Operator') return null;
    return providers.listing(stream)?.lists?.cannotLift({ reason, origin }) ?? null;
  }

  const suppressions: Suppressions = {
    list: (filter = {}) => listSuppressions(db, filter),
    page: (filter = {}) => pageSuppressions(db, filter),
    async evidence(stream, address) {
      const suppression = await readSuppression(db, stream, address);
      if (!suppression) return null;
      const event = suppression.eventId ? await readEvent(db, suppression.eventId) : null;
      return { suppression, event, fixed: cannotLift(suppression) };
    },
    add,
    lift,
  };
  return withCheckedInput(suppressions, suppressionRules);
}
