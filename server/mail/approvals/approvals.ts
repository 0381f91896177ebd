import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { within } from '../shared/change.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { idSchema, jsonValueSchema, limitSchema, transactionFields } from '../shared/schemas.ts';
import { inTransaction } from '../shared/transaction.ts';
import { type Authoring, sourceKinds, sourceName } from '../templates/index.ts';
import type { ApprovalHandler, Approvals, Claim } from './api.ts';
import { type Approval, type Decider, listApprovals, readApproval } from './approvals-store.ts';
import { askToLaunch, launchHandler } from './launches.ts';
import { askToPublish, publicationHandler } from './publications.ts';
import { type Closing, closeRequest, openRequest } from './requests.ts';
import { approvalStates, type SecondPersonAction, secondPersonActions } from './states.ts';

const person = { by: Joi.string().min(1).max(1000).required(), name: Joi.string().allow('').max(1000) };
const decider = Joi.object(person).required();
const text = Joi.string().max(300).required();
const json = Joi.object().custom((value, helper) => {
  const { error } = jsonValueSchema.validate(value);
  return error ? helper.message({ custom: 'holds something that JSON cannot hold' }) : value;
});
const action = Joi.valid(...secondPersonActions).required();
const rules: Rules<Approvals> = {
  askToPublish: [
    argument(
      'ref',
      Joi.object({ kind: Joi.valid(...sourceKinds).required(), key: text })
        .unknown()
        .required(),
    ),
    argument(
      'options',
      Joi.object({
        ...person,
        revision: Joi.number().integer().min(0).required(),
        message: Joi.string().allow('').required(),
        acceptWarnings: Joi.boolean(),
        restore: Joi.number().integer().min(0),
      }).required(),
    ),
  ],
  askToLaunch: [argument('id', idSchema), argument('options', decider)],
  request: [
    argument(
      'input',
      Joi.object({
        ...{ action, subject: text, request: json.required(), seen: json.required() },
        fingerprint: Joi.string().hex().length(64).required(),
        preparedBy: Joi.array().items(Joi.string()).required(),
      }).required(),
    ),
    argument('options', Joi.object({ ...person, ...transactionFields }).required()),
  ],
  get: [argument('id', idSchema)],
  list: [
    argument(
      'filter',
      Joi.object({
        ...{ state: Joi.valid(...approvalStates), subject: Joi.string().max(300) },
        ...{ cursor: idSchema.optional(), limit: limitSchema },
      }),
    ),
  ],
  approve: [argument('id', idSchema), argument('options', decider)],
  decline: [
    argument('id', idSchema),
    argument(
      'options',
      Joi.object({ ...person, reason: Joi.string().trim().max(500).required() }).required(),
    ),
  ],
  withdraw: [argument('id', idSchema), argument('options', decider)],
  handle: [action, Joi.any()].map((schema, at) => argument(at === 0 ? 'action' : 'handler', schema)),
};

/** See {@link Approvals}. */
export function createApprovals(context: MailContext, authoring: Authoring): Approvals {
  const { db, now, secondPerson } = context;
  const handlers: Partial<Record<SecondPersonAction, ApprovalHandler>> = {
    'templates.publish': publicationHandler(context, authoring),
    'campaigns.launch': launchHandler(context),
  };

  async function get(id: string): Promise<Approval | null> {
    const approval = await readApproval(db, id);
    return approval && upToDate(approval);
  }

  async function list(filter: Parameters<Approvals['list']>[0] = {}): Promise<Approval[]> {
    const listed = await listApprovals(db, filter);
    const found = await Promise.all(listed.map(one => upToDate(one, { quick: true })));
    return found.filter(({ state }) => filter.state === undefined || state === filter.state);
  }

  /** Closes what has expired, and what it was asked for has changed. */
  async function upToDate(approval: Approval, how = { quick: false }): Promise<Approval> {
    if (approval.state !== 'requested') return approval;
    const name = approval.expiresAt <= now() ? 'expire' : (await isCurrent(approval, how)) ? null : 'outdate';
    return name === null ? approval : close(approval.id, { name, decider: null });
  }

  async function isCurrent(approval: Approval, how: { quick: boolean }): Promise<boolean> {
    try {
      return (await handlers[approval.action]?.isCurrent(approval, how)) ?? true;
    } catch (error) {
      // What can no longer be done at all is not what was asked for either.
      if (error instanceof MailError) return false;
      throw error;
    }
  }

  async function close(id: string, closing: Closing): Promise<Approval> {
    await inTransaction(db, trx => closeRequest(context, trx, id, closing));
    return require(id);
  }

  async function approve(id: string, by: Decider): Promise<Approval> {
    const approval = await requireOpen(id);
    refusePreparer(approval, by);
    const handler = handlers[approval.action];
    if (!handler) throw new MailError('wrong-state', 'Nothing here carries out such a request.');
    let isOurs = false;
    const claim: Claim = async (...given) => {
      isOurs = await claimOf(approval, by)(...given);
      return isOurs;
    };
    const problem = await problemOf(() => handler.carryOut(approval, claim));
    const after = await require(id);
    if (isOurs && after.state === 'approved') return after;
    const { state } = await upToDate(after);
    throw state === 'requested' && problem ? new MailError('wrong-state', problem) : notOpen(state);
  }

  function claimOf({ id, fingerprint, expiresAt }: Approval, by: Decider): Claim {
    return (trx, found) =>
      within(db, trx, async own => {
        if (found !== fingerprint || expiresAt <= now()) return false;
        return closeRequest(context, own, id, { name: 'approve', decider: by });
      });
  }

  async function decide(id: string, closing: Closing): Promise<Approval> {
    await requireOpen(id);
    const closed = await inTransaction(db, trx => closeRequest(context, trx, id, closing));
    const after = await require(id);
    if (!closed) throw notOpen(after.state);
    return after;
  }

  async function requireOpen(id: string): Promise<Approval> {
    const approval = await upToDate(await require(id));
    if (approval.state !== 'requested') throw notOpen(approval.state);
    return approval;
  }

  async function require(id: string): Promise<Approval> {
    const approval = await readApproval(db, id);
    if (!approval) throw new MailError('unknown-approval', 'There is no such request.', 'id');
    return approval;
  }

  const approvals: Approvals = {
    actions: secondPerson.actions,
    mailTo: secondPerson.mailTo,
    askToPublish: afterSweep(askToPublish(context, authoring), sourceName),
    askToLaunch: afterSweep(askToLaunch(context), id => `campaign:${id}`),
    request: (input, { trx, ...by }) => within(db, trx, own => openRequest(context, own, input, by)),
    get,
    list,
    approve,
    async decline(id, { reason, ...by }) {
      const { requestedBy } = await require(id);
      if (requestedBy === by.by) throw new MailError('wrong-state', 'This is your own request: withdraw it.');
      return decide(id, { name: 'decline', decider: by, reason });
    },
    async withdraw(id, by) {
      const { requestedBy } = await require(id);
      if (requestedBy !== by.by)
        throw new MailError('wrong-state', 'Only who asked can withdraw it: decline it.');
      return decide(id, { name: 'withdraw', decider: by });
    },
    handle(action, handler) {
      handlers[action] = handler;
    },
  };

  /** What has become outdated unseen makes room for what is asked for now. */
  function afterSweep<Args extends unknown[], Answer>(
    ask: (...args: Args) => Promise<Answer>,
    subjectOf: (first: Args[0]) => string,
  ): (...args: Args) => Promise<Answer> {
    return async (...args) => {
      await list({ subject: subjectOf(args[0]), state: 'requested' });
      return ask(...args);
    };
  }

  return withCheckedInput(approvals, rules, { now: ['handle'] });
}

/** Why a request could not be carried out; null when it was. */
async function problemOf(carryOut: () => Promise<string | null>): Promise<string | null> {
  try {
    return await carryOut();
  } catch (error) {
    if (error instanceof MailError) return error.message;
    throw error;
  }
}

function refusePreparer({ preparedBy, requestedBy }: Approval, { by }: Decider): void {
  if (requestedBy === by)
    throw new MailError('wrong-state', 'You asked for this: it takes somebody else.', 'by');
  if (preparedBy.includes(by))
    throw new MailError('wrong-state', 'You helped to prepare this: it takes somebody else.', 'by');
}

function notOpen(state: Approval['state']): MailError {
  const said = {
    requested: 'It could not be decided now. Try again.',
    approved: 'It was approved already.',
    declined: 'It was declined already.',
    withdrawn: 'It was withdrawn.',
    expired: 'It has expired. Ask again.',
    outdated: 'It is outdated: what was asked for has changed since. Look at it and ask again.',
  } satisfies Record<Approval['state'], string>;
  return new MailError('wrong-state', said[state]);
}
