import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import type { Actor } from '../messages/messages.ts';
import { hoursOfCampaign, markHoursDirty } from '../monitoring/hourly-store.ts';
import { recordChange } from '../shared/audit-store.ts';
import { inTransaction } from '../shared/transaction.ts';
import { requireCampaign, wrongState } from './audience.ts';
import { countAudience } from './audience-counts-store.ts';
import {
  type Campaign,
  type CampaignState,
  finishCampaign,
  freezeAudienceSize,
  moveCampaign,
  moveCampaignMessages,
} from './campaigns-store.ts';
import { refreshProgress } from './counts.ts';

/** A step in a campaign's life: what it is called, the states it may start from, and the one it leads to. */
interface Step {
  verb: string;
  /** Completes "A campaign that is done cannot ...". */
  what: string;
  from: readonly CampaignState[];
  to: CampaignState;
}

const steps = {
  launch: { verb: 'launch', what: 'be launched', from: ['draft'], to: 'scheduled' },
  pause: { verb: 'pause', what: 'be paused', from: ['scheduled', 'expanding', 'sending'], to: 'paused' },
  resume: { verb: 'resume', what: 'be resumed', from: ['paused'], to: 'scheduled' },
  cancel: {
    verb: 'cancel',
    what: 'be cancelled',
    from: ['draft', 'scheduled', 'expanding', 'sending', 'paused'],
    to: 'cancelled',
  },
  retry: { verb: 'retry-failed', what: 'retry', from: ['sending', 'done'], to: 'sending' },
} as const satisfies Record<string, Step>;

/** Messages that are moved at once, about a second's worth; the worker moves the rest, so that nobody waits for it. */
const atOnce = 10_000;

/** What can be done to a campaign. Each names the states it may start from; `wrong-state` otherwise. */
export function createCampaignLife(context: MailContext) {
  const { db, now } = context;

  /** Freezes the audience and schedules it: at its `sendAt`, else now. */
  async function launch(id: string, actor: Actor = {}): Promise<Campaign> {
    if ((await countAudience(db, id)) === 0) {
      await requireCampaign(db, id);
      throw new MailError('wrong-state', 'The campaign has no recipients yet.', 'recipients');
    }
    await take(id, steps.launch, actor, { launchedAt: now() });
    await freezeAudienceSize(db, id);
    return requireCampaign(db, id);
  }

  /** Stops it for now; what waits is held. What is on the wire goes out. */
  async function pause(id: string, actor: Actor = {}): Promise<Campaign> {
    const campaign = await take(id, steps.pause, actor);
    await holdQueued(context, id, atOnce);
    await refreshProgress(context, id);
    return campaign;
  }

  /** Goes on where it was paused. */
  async function resume(id: string, actor: Actor = {}): Promise<Campaign> {
    const campaign = await take(id, steps.resume, actor);
    await releaseHeld(context, id, atOnce);
    await refreshProgress(context, id);
    return campaign;
  }

  /** Ends it for good; what waits is cancelled. */
  async function cancel(id: string, actor: Actor = {}): Promise<Campaign> {
    await take(id, steps.cancel, actor, { finishedAt: null });
    await finishCancelled(context, id, atOnce);
    return requireCampaign(db, id);
  }

  /** Puts its failed messages back into the queue; returns how many. */
  async function retryFailed(id: string, actor: Actor = {}): Promise<number> {
    await take(id, steps.retry, actor);
    const hours = await hoursOfCampaign(db, id, 'failed');
    const change = { state: 'queued', due_at: now() } as const;
    const count = await moveCampaignMessages(db, id, 'failed', change, { during: steps.retry.from });
    // What was settled is counted anew.
    await markHoursDirty(db, hours, now());
    await refreshProgress(context, id);
    return count;
  }

  async function take(
    id: string,
    { verb, what, from, to }: Step,
    { by }: Actor,
    stamps: { launchedAt?: Date; finishedAt?: Date | null } = {},
  ): Promise<Campaign> {
    return inTransaction(db, async trx => {
      const before = await requireCampaign(trx, id, { lock: true });
      if (!(await moveCampaign(trx, id, from, to, stamps))) throw wrongState(before, what);
      if (by) {
        const entry = { by, action: `campaign.${verb}`, subject: `campaign:${id}`, at: now() };
        await recordChange(trx, { ...entry, before: { state: before.state }, after: { state: to } });
      }
      return requireCampaign(trx, id);
    });
  }

  return { launch, pause, resume, cancel, retryFailed };
}

/** Holds what waits of a paused campaign. */
export async function holdQueued(
  { db }: MailContext,
  id: string,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  const change = { state: 'held', due_at: null } as const;
  await moveCampaignMessages(db, id, 'queued', change, { during: ['paused'], most });
}

/** Puts what a pause held back into the queue. */
export async function releaseHeld(
  { db, now }: MailContext,
  id: string,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  const change = { state: 'queued', due_at: now() } as const;
  await moveCampaignMessages(db, id, 'held', change, { during: steps.pause.from, most });
}

/**
 * Cancels what waits of a cancelled campaign, and calls it finished when nothing waits any more: until then the worker
 * goes on, for there may be more than can be moved at once, and who cancelled may have died halfway.
 */
export async function finishCancelled(
  { db, now }: MailContext,
  id: string,
  most = Number.POSITIVE_INFINITY,
): Promise<void> {
  const change = { state: 'cancelled', due_at: null, cancelled_at: now() } as const;
  for (const state of ['queued', 'held'] as const) {
    if ((await moveCampaignMessages(db, id, state, change, { during: ['cancelled'], most })) === most) return;
  }
  await finishCampaign(db, id, 'cancelled', now());
}
