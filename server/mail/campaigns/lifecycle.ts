import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { transition } from '../messages/transitions-store.ts';
import type { AuditAction } from '../shared/audit-actions.ts';
import { type Actor, audited } from '../shared/audit-store.ts';
import { type ChangeOptions, changeOnce } from '../shared/change.ts';
import { inTransaction } from '../shared/transaction.ts';
import type { Campaigns } from './api.ts';
import { requireCampaign, wrongState } from './audience.ts';
import { countAudience, freezeAudienceSize } from './audience-store.ts';
import {
  type Campaign,
  type InPage,
  movePages,
  stampCancelledFinished,
  transitionCampaign,
} from './campaigns-store.ts';
import { refreshProgress } from './progress.ts';
import { type CampaignAction, campaignTransitions, isAllowed } from './states.ts';

/** How each step is recorded, and how the refusal of it reads: "A campaign that is done cannot ...". */
const steps = {
  launch: { action: 'campaign.launch', what: 'be launched' },
  pause: { action: 'campaign.pause', what: 'be paused' },
  resume: { action: 'campaign.resume', what: 'be resumed' },
  cancel: { action: 'campaign.cancel', what: 'be cancelled' },
  retryFailed: { action: 'campaign.retry-failed', what: 'retry' },
} as const satisfies Partial<Record<CampaignAction, { action: AuditAction; what: string }>>;

/** Messages that are moved at once, about a second's worth; the worker moves the rest, so that nobody waits for it. */
const atOnce = 10_000;

/** Asked in the transaction that launches, with the campaign locked; where it says no, nothing is launched. */
export type DecideLaunch = (trx: Trx, campaign: Campaign) => Promise<boolean>;

/** What can be done to a campaign; `wrong-state` in a state that does not allow it. See `campaignTransitions`. */
export function createCampaignLife(context: MailContext): Pick<
  Campaigns,
  'pause' | 'resume' | 'cancel' | 'retryFailed'
> & {
  launch(id: string, options?: ChangeOptions, decide?: DecideLaunch): Promise<Campaign>;
} {
  const { db, now } = context;

  async function launch(id: string, options: ChangeOptions = {}, decide?: DecideLaunch): Promise<Campaign> {
    return once(id, 'launch', options, async trx => {
      if ((await countAudience(trx, id)) === 0) {
        await requireCampaign(trx, id);
        throw new MailError('wrong-state', 'The campaign has no recipients yet.', 'recipients');
      }
      if (decide && !(await decide(trx, await requireLaunchable(trx, id)))) return;
      await take(trx, id, 'launch', options);
      await freezeAudienceSize(trx, id);
    });
  }

  async function pause(id: string, options: ChangeOptions = {}): Promise<Campaign> {
    const campaign = await once(id, 'pause', options, trx => take(trx, id, 'pause', options));
    // Before the commit of a caller nobody else sees the pause: the worker follows it.
    if (options.trx) return campaign;
    await holdQueued(context, id, atOnce);
    await refreshProgress(context, id);
    return campaign;
  }

  async function resume(id: string, options: ChangeOptions = {}): Promise<Campaign> {
    const campaign = await once(id, 'resume', options, trx => take(trx, id, 'resume', options));
    if (options.trx) return campaign;
    await releaseHeld(context, id, atOnce);
    await refreshProgress(context, id);
    return campaign;
  }

  async function cancel(id: string, options: ChangeOptions = {}): Promise<Campaign> {
    const campaign = await once(id, 'cancel', options, trx => take(trx, id, 'cancel', options));
    if (options.trx) return campaign;
    await finishCancelled(context, id, atOnce);
    return requireCampaign(db, id);
  }

  async function retryFailed(id: string, options: ChangeOptions = {}): Promise<number> {
    const request = { scope: steps.retryFailed.action, request: { id }, options };
    // As a part of what commits together where that is asked for; otherwise page by page behind it.
    const together = options.trx !== undefined || options.idempotencyKey !== undefined;
    const count = await changeOnce(
      context,
      request,
      async trx => {
        await take(trx, id, 'retryFailed', options);
        return together ? retryIn(work => work(trx), id) : null;
      },
      async (_, kept) => kept,
    );
    const total = count ?? (await retryIn(work => inTransaction(db, work), id));
    if (!options.trx) await refreshProgress(context, id);
    return total;
  }

  function retryIn(inPage: InPage, id: string): Promise<number> {
    const during = campaignTransitions.retryFailed.from;
    return movePages(inPage, id, during, Number.POSITIVE_INFINITY, (trx, page) =>
      transition(trx, 'retry', { ...page, only: 'failed' }, { at: now(), dueAt: now() }),
    );
  }

  /** A step of a life, once under its key; the campaign as it is then. */
  function once(
    id: string,
    step: keyof typeof steps,
    options: ChangeOptions,
    work: (trx: Trx) => Promise<void>,
  ): Promise<Campaign> {
    const { action: scope } = steps[step];
    return changeOnce(context, { scope, request: { id }, options }, work, trx => requireCampaign(trx, id));
  }

  async function requireLaunchable(trx: Trx, id: string): Promise<Campaign> {
    const campaign = await requireCampaign(trx, id, { lock: true });
    if (!isAllowed('launch', campaign.state)) throw wrongState(campaign, steps.launch.what);
    return campaign;
  }

  async function take(trx: Trx, id: string, name: keyof typeof steps, actor: Actor): Promise<void> {
    const { action, what } = steps[name];
    const { state } = await requireCampaign(trx, id, { lock: true });
    if (!(await transitionCampaign(trx, id, name, now()))) throw wrongState({ state }, what);
    await audited(trx, actor, {
      action,
      subject: `campaign:${id}`,
      before: { state },
      after: { state: campaignTransitions[name].to },
      at: now(),
    });
  }

  return { launch, pause, resume, cancel, retryFailed };
}

/** Holds what waits of a paused campaign. */
export async function holdQueued(
  { db, now }: MailContext,
  id: string,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  await movePages(
    work => inTransaction(db, work),
    id,
    ['paused'],
    most,
    (trx, page) => transition(trx, 'hold', page, { at: now() }),
  );
}

/** Puts what a pause held back into the queue. */
export async function releaseHeld(
  { db, now }: MailContext,
  id: string,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  await movePages(
    work => inTransaction(db, work),
    id,
    campaignTransitions.pause.from,
    most,
    (trx, page) => transition(trx, 'release', page, { at: now(), dueAt: now() }),
  );
}

/**
 * Cancels what waits of a cancelled campaign, and calls it finished when nothing waits any more: until then the worker
 * goes on, for there may be more than can be moved at once, and the process that cancelled may have died halfway.
 */
export async function finishCancelled(
  { db, now }: MailContext,
  id: string,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  const moved = await movePages(
    work => inTransaction(db, work),
    id,
    ['cancelled'],
    most,
    (trx, page) => transition(trx, 'cancel', page, { at: now() }),
  );
  if (moved < most) await stampCancelledFinished(db, id, now());
}
