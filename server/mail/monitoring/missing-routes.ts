import type { MailContext } from '../context.ts';
import { transition } from '../messages/transitions-store.ts';
import { findCategory } from '../routing/policy.ts';
import {
  openEvidence,
  openRoutes,
  publishedCategories,
  putOffWithoutRoute,
  runningCampaignCategories,
  stillOpen,
} from './missing-routes-store.ts';
import { oldestDue } from './queue-store.ts';

/** Something that has to be sent and for which the configuration of this process has no route. */
export interface MissingRoute {
  kind: 'no-route';
  of: 'message' | 'campaign' | 'template';
  /** Of the message or campaign, or key of the template: the first of several. */
  id: string;
  category: string;
  /** Null where the category alone is missing. */
  transport: string | null;
  /** What is wrong and what to do, in two sentences. */
  problem: string;
}

type Routing = Pick<MailContext, 'policy' | 'transports'>;

/** How many of the oldest open messages of a state are looked at when a process starts. */
export const oldestAtStart = 10_000;

/**
 * What this configuration has no route for: among published templates, running campaigns and, of each state, the `oldest`
 * open messages, by default none: delivery reports those that it meets, and leaves to others those whose transport they may
 * have, which are reported once nobody took them. And what was reported before and is still so.
 */
export async function missingRoutes(context: MailContext, oldest = 0): Promise<MissingRoute[]> {
  const { db } = context;
  const [templates, campaigns, messages, left, reported] = await Promise.all([
    publishedCategories(db),
    runningCampaignCategories(db),
    oldest > 0 ? openRoutes(db, oldest) : [],
    leftByAll(context),
    reportedMessages(context),
  ]);
  return [
    ...templates.map(one => ({ of: 'template' as const, transport: null, ...one })),
    ...campaigns.map(one => ({ of: 'campaign' as const, transport: null, ...one })),
    ...[...messages, ...left].map(one => ({ of: 'message' as const, ...one })),
    ...reported.map(one => ({ of: 'message' as const, ...one })),
  ].flatMap(one => missingRoute(context, one) ?? []);
}

/** Due longer than the old processes of a deploy go on beside the new, for a transport that is not here. */
async function leftByAll({ db, now, transports }: MailContext) {
  const due = await oldestDue(db, now());
  return due
    .filter(({ transport, ageMs }) => !transports.has(transport) && ageMs > patienceMs)
    .map(({ id, category, transport }) => ({ id, category, transport }));
}

const patienceMs = 5 * 60_000;

/** Messages that alerts name, as far as they still have to be sent. */
async function reportedMessages({ db }: MailContext) {
  const named = (await openEvidence(db, 'no-route')).map(text => JSON.parse(text) as MissingRoute);
  const ids = named.filter(one => one.of === 'message').map(({ id }) => id);
  return ids.length > 0 ? stillOpen(db, ids) : [];
}

/**
 * Makes due at once what waits because other processes had no route for its category and this one has: by now its next
 * attempt may be hours away.
 */
export async function retryRouted({ db, policy, now }: MailContext): Promise<void> {
  const categories = Object.keys(policy.categories);
  for (;;) {
    const at = now();
    const ids = await putOffWithoutRoute(db, categories, { now: at, limit: retriedAtOnce });
    if (ids.length === 0) return;
    await transition(db, 'reschedule', { ids }, { at, dueAt: at });
  }
}

const retriedAtOnce = 1000;

/** Why one thing cannot be routed, or null when it can. */
export function missingRoute(
  { policy, transports }: Routing,
  { of, id, category, transport }: Omit<MissingRoute, 'kind' | 'problem'>,
): MissingRoute | null {
  const missing = { kind: 'no-route' as const, of, id, category };
  if (!findCategory(policy, category)) {
    const problem = `${subjectOf(of, id)} has the category ${category}, which the routing policy lacks. ${remedy[of]}`;
    return { ...missing, transport: null, problem };
  }
  if (transport === null || transports.has(transport)) return null;
  const problem =
    `${subjectOf(of, id)} goes by the transport ${transport}, which is not configured. ` +
    'Configure it again, or cancel the message.';
  return { ...missing, transport, problem };
}

function subjectOf(of: MissingRoute['of'], id: string): string {
  return `${{ message: 'Message', campaign: 'Campaign', template: 'Template' }[of]} ${id}`;
}

const remedy: Record<MissingRoute['of'], string> = {
  message: 'Add the category to the policy; the message waits until then, or until it is cancelled.',
  campaign: 'Add the category to the policy; the campaign waits until then, or until it is cancelled.',
  template: 'Add the category to the policy, or give the template another one; until then it cannot be sent.',
};
