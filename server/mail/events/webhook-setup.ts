import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { connectionFault } from '../providers/connection-fault.ts';
import type { ReconciliationSource } from '../providers/reconciliation-source.ts';
import {
  type ProviderWebhook,
  type ProviderWebhooks,
  type WebhookOutcome,
  type WebhookSettings,
  webhookEvents,
} from '../providers/webhooks.ts';
import { recordChange } from '../shared/audit-store.ts';
import { withTimeout } from '../shared/timeout.ts';
import type { WebhookPasswords } from './webhook-passwords.ts';
import { type WebhookStanding, webhookStanding, webhooksAt } from './webhook-status.ts';

/** What the provider says about its webhooks; `fault` when it could not be asked. */
export type WebhookCheck = { fault: null; streams: WebhookStanding[] } | { fault: string };

/** What became of setting up one stream. */
export type WebhookSetUp = { stream: string } & Outcome;

type Outcome = WebhookOutcome | { kind: 'unclear'; answer: string };

interface Collaborators {
  provider: ProviderWebhooks;
  books: ReconciliationSource;
  passwords: WebhookPasswords;
}

const patienceMs = 10_000;

/** The provider's webhooks as compared with what is needed, and setting them right. */
export function createWebhookSetup(context: MailContext, { provider, books, passwords }: Collaborators) {
  const { db, now, log } = context;
  const streams = askedStreams(context);

  const asked = <T>(work: Promise<T>) =>
    withTimeout(work, patienceMs).catch((error: unknown) => {
      log.warn(
        { code: (error as { code?: unknown }).code },
        'the provider could not be asked about webhooks',
      );
      throw new MailError('wrong-state', connectionFault(error), 'provider');
    });

  const readAll = async () => {
    const webhooks = await provider.list();
    return { webhooks, streams: await books.streams() };
  };

  const save = (settings: WebhookSettings): Promise<Outcome> =>
    provider.save(settings).catch((error: unknown) => {
      log.warn({ code: (error as { code?: unknown }).code }, 'a webhook may or may not be set up');
      return { kind: 'unclear', answer: connectionFault(error) };
    });

  const setUpOne = async (
    stream: string,
    address: string,
    given: { user: string; password: string; found: readonly ProviderWebhook[]; by: string },
  ): Promise<WebhookSetUp> => {
    const { user, password, found, by } = given;
    const ours = webhooksAt(address, found).filter(webhook => webhook.stream === stream);
    const ids = ours.length > 0 ? ours.map(({ id }) => id) : [null];
    const outcomes: Outcome[] = [];
    for (const id of ids) outcomes.push(await save({ id, stream, url: address, user, password }));
    const outcome = together(outcomes);
    if (outcome.kind !== 'refused') {
      await recordChange(db, {
        by,
        action: 'webhook.set-up',
        subject: `webhook:${stream}`,
        before: ours.map(({ id, events }) => ({ id, events })),
        after: { address, user, events: webhookEvents, outcome: outcome.kind },
        at: now(),
      });
    }
    return { stream, ...outcome };
  };

  return {
    /** What has to be reported, in the provider's words. */
    events: webhookEvents,
    /** Streams whose reports come by webhook. */
    streams,

    /** Asks the provider how its webhooks stand; `address` is where they are to post. */
    async check(address: string): Promise<WebhookCheck> {
      try {
        const found = await asked(readAll());
        return { fault: null, streams: streams.map(stream => webhookStanding(stream, address, found)) };
      } catch (error) {
        if (!(error instanceof MailError)) throw error;
        return { fault: error.message };
      }
    },

    /**
     * Has the provider post the reports of these streams to `address`, with a new password that nobody gets to see.
     * Passwords from before stay valid until they are removed. Throws `wrong-state` when it cannot be asked.
     */
    async setUp(wanted: readonly string[], address: string, { by }: { by: string }): Promise<WebhookSetUp[]> {
      const unknown = wanted.find(stream => !streams.includes(stream));
      if (unknown !== undefined || wanted.length === 0)
        throw new MailError('invalid-input', 'Choose among the streams that are there.', 'streams');
      const found = await asked(provider.list());
      // Valid before it is entered there: the provider tries it at once.
      const { id, user, password } = await passwords.add({ by });
      const results: WebhookSetUp[] = [];
      for (const stream of new Set(wanted)) {
        results.push(await setUpOne(stream, address, { user, password, found, by }));
      }
      // Where one answer was unclear the provider may have it, and its reports must not be refused.
      if (results.every(({ kind }) => kind === 'refused')) await passwords.remove(id, { by });
      return results;
    },
  };
}

// Refused is only what was refused throughout: the password of the others is in use.
function together(outcomes: readonly Outcome[]): Outcome {
  const failed = outcomes.flatMap(one => (one.kind === 'done' ? [] : [one]));
  const [first] = failed;
  if (!first) return { kind: 'done' };
  const refused = outcomes.every(({ kind }) => kind === 'refused');
  return { kind: refused ? 'refused' : 'unclear', answer: first.answer };
}

// Those of transports that can be asked; the reports of another provider come another way.
function askedStreams({ policy, lookups }: MailContext): string[] {
  const routes = Object.values(policy.categories).flatMap(category => category.routes);
  const streams = routes.filter(({ transport }) => lookups.has(transport)).map(({ stream }) => stream);
  return [...new Set(streams)].sort();
}
