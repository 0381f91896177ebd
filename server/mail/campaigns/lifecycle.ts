import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { transition } from '../messages/transitions-store.ts';
import type { AuditAction } from '../shared/audit-actions.ts';
import { type Actor, audited } from '../shared/audit-store.ts';
import { inTransaction } from '../shared/transaction.ts';
import type { Campaigns } from './api.ts';
import { requireCampaign, wrongState } from './audience.ts';
import { countAudience, freezeAudienceSize } from './audience-store.ts';
import { type Campaign, movePages, stampCancelledFinished, transitionCampaign } from './campaigns-store.ts';
import { refreshProgress } from './progress.ts';
import { type CampaignAction, campaignTransitions } from './states.ts';

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

/** What can be done to a campaign; `wrong-state` in a state that does not allow it. See `campaignTransitions`. */
export function createCampaignLife(
  context: MailContext,
): Pick<Campaigns, 'launch' | 'pause' | 'resume' | 'cancel' | 'retryFailed'> {
  const { db, now } = context;

  async function launch(id: string, actor: Actor = {}): Promise<Campaign> {
    if ((await countAudience(db, id)) === 0) {
      await requireCampaign(db, id);
      throw new MailError('wrong-state', 'The campaign has no recipients yet.', 'recipients');
    }
    await take(id, 'launch', actor);
    await freezeAudienceSize(db, id);
    return requireCampaign(db, id);
  }

  async function pause(id: string, actor: Actor = {}): Promise<Campaign> {
    const campaign = await take(id, 'pause', actor);
    await holdQueued(context, id, atOnce);
    await refreshProgress(context, id);
    return campaign;
  }

  async function resume(id: string, actor: Actor = {}): Promise<Campaign> {
    const campaign = await take(id, 'resume', actor);
    await releaseHeld(context, id, atOnce);
    await refreshProgress(context, id);
    return campaign;
  }

  async function cancel(id: string, actor: Actor = {}): Promise<Campaign> {
    await take(id, 'cancel', actor);
    await finishCancelled(context, id, atOnce);
    return requireCampaign(db, id);
  }

  async function retryFailed(id: string, actor: Actor = {}): Promise<number> {
    await take(id, 'retryFailed', actor);
    const during = campaignTransitions.retryFailed.from;
    const count = await movePages(db, id, during, Number.POSITIVE_INFINITY, (trx, page) =>
      transition(trx, 'retry', { ...page, only: 'failed' }, { at: now(), dueAt: now() }),
    );
    await refreshProgress(context, id);
    return count;
  }

  async function take(id: string, name: keyof typeof steps, actor: Actor): Promise<Campaign> {
    const { action, what } = steps[name];
    return inTransaction(db, async trx => {
      const { state } = await requireCampaign(trx, id, { lock: true });
      if (!(await transitionCampaign(trx, id, name, now()))) throw wrongState({ state }, what);
      await audited(trx, actor, {
        action,
        subject: `campaign:${id}`,
        before: { state },
        after: { state: campaignTransitions[name].to },
        at: now(),
      });
      return requireCampaign(trx, id);
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
  await movePages(db, id, ['paused'], most, (trx, page) => transition(trx, 'hold', page, { at: now() }));
}

/** Puts what a pause held back into the queue. */
export async function releaseHeld(
  { db, now }: MailContext,
  id: string,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  await movePages(db, id, campaignTransitions.pause.from, most, (trx, page) =>
    transition(trx, 'release', page, { at: now(), dueAt: now() }),
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
  const moved = await movePages(db, id, ['cancelled'], most, (trx, page) =>
    transition(trx, 'cancel', page, { at: now() }),
  );
  if (moved < most) await stampCancelledFinished(db, id, now());
}
