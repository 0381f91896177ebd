import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { connectionFault } from '../providers/connection-fault.ts';
import type {
  Provider,
  ProviderWebhook,
  ProviderWebhooks,
  SaveResult,
  WebhookSettings,
} from '../providers/provider.ts';
import { recordChange } from '../shared/audit-store.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { bySchema, wordSchema } from '../shared/schemas.ts';
import { withTimeout } from '../shared/time.ts';
import type { WebhookPasswords } from './webhook-passwords.ts';
import { type WebhookStatus, webhookStatus, webhooksAt } from './webhook-status.ts';

/** A provider that posts events. */
export interface WebhookProvider {
  key: string;
  name: string;
  /** Streams whose events come by webhook. */
  streams: string[];
  /** What has to be posted, in the provider's terms. */
  events: readonly string[];
}

/** What the provider says about its webhooks; `fault` when it could not be asked. */
export type WebhookCheck = { fault: null; streams: WebhookStatus[] } | { fault: string };

/** What became of setting up one stream; `unknown`: it may be set up. */
export type WebhookSetUp = { stream: string } & SetUpResult;

type SetUpResult = SaveResult | { kind: 'unknown'; answer: string };

interface WithWebhooks extends Provider {
  webhooks: ProviderWebhooks;
}

const patienceMs = 10_000;

/** The providers' webhooks as compared with what is needed, and setting them right: `mail.webhooks`. */
export interface WebhookSetup {
  /** Of every provider that posts events. */
  readonly providers: readonly WebhookProvider[];
  /** Asks a provider how its webhooks stand; `address` is where they are to post. */
  check(provider: string, address: string): Promise<WebhookCheck>;
  /**
   * Has a provider post the events of these streams to `address`, with a new password that nobody gets to see.
   * Passwords from before stay valid until they are removed. Throws `wrong-state` when it cannot be asked.
   */
  setUp(
    provider: string,
    streams: readonly string[],
    address: string,
    options: { by: string },
  ): Promise<WebhookSetUp[]>;
}

const provider = argument('provider', wordSchema.required());
const address = argument('address', Joi.string().max(2000).required());
const rules: Rules<WebhookSetup> = {
  check: [provider, address],
  setUp: [
    provider,
    argument('streams', Joi.array().items(wordSchema).required()),
    address,
    argument('options', bySchema),
  ],
};

/** See {@link WebhookSetup}. */
export function createWebhookSetup(context: MailContext, passwords: WebhookPasswords): WebhookSetup {
  const { db, now, log, providers } = context;
  const able = providers.all.filter((one): one is WithWebhooks => one.webhooks !== undefined);
  const posting = able.map((provider): WebhookProvider => {
    const { key, name, webhooks } = provider;
    return { key, name, streams: routedStreams(context, provider), events: webhooks.events };
  });

  const find = (key: string) => {
    const provider = able.find(one => one.key === key);
    const needed = posting.find(one => one.key === key);
    if (!provider || !needed)
      throw new MailError('invalid-input', 'There is no such provider of webhooks.', 'provider');
    return { provider, needed };
  };

  const asked = <T>(work: Promise<T>) =>
    withTimeout(work, patienceMs).catch((error: unknown) => {
      log.warn(
        { code: (error as { code?: unknown }).code },
        'the provider could not be asked about webhooks',
      );
      throw new MailError('wrong-state', connectionFault(error), 'provider');
    });

  const readAll = async ({ webhooks, lists }: WithWebhooks, routed: readonly string[]) => {
    const found = await webhooks.list();
    return { webhooks: found, streams: lists ? await lists.streams() : routed };
  };

  const save = (webhooks: ProviderWebhooks, settings: WebhookSettings): Promise<SetUpResult> =>
    webhooks.save(settings).catch((error: unknown) => {
      log.warn({ code: (error as { code?: unknown }).code }, 'a webhook may or may not be set up');
      return { kind: 'unknown', answer: connectionFault(error) };
    });

  const setUpOne = async (
    { webhooks }: WithWebhooks,
    stream: string,
    address: string,
    given: { user: string; password: string; found: readonly ProviderWebhook[]; by: string },
  ): Promise<WebhookSetUp> => {
    const { user, password, found, by } = given;
    const ours = webhooksAt(address, found).filter(webhook => webhook.stream === stream);
    const ids = ours.length > 0 ? ours.map(({ id }) => id) : [null];
    const results: SetUpResult[] = [];
    for (const id of ids) results.push(await save(webhooks, { id, stream, url: address, user, password }));
    const result = combined(results);
    if (result.kind !== 'refused') {
      await recordChange(db, {
        by,
        action: 'webhook.set-up',
        subject: `webhook:${stream}`,
        before: ours.map(({ id, events }) => ({ id, events })),
        after: { address, user, events: webhooks.events, outcome: result.kind },
        at: now(),
      });
    }
    return { stream, ...result };
  };

  const setup: WebhookSetup = {
    providers: posting,

    async check(key, address) {
      const { provider, needed } = find(key);
      try {
        const found = await asked(readAll(provider, needed.streams));
        return {
          fault: null,
          streams: needed.streams.map(one => webhookStatus(one, address, found, needed)),
        };
      } catch (error) {
        if (!(error instanceof MailError)) throw error;
        return { fault: error.message };
      }
    },

    async setUp(key, wanted, address, { by }) {
      const { provider, needed } = find(key);
      const unknown = wanted.find(stream => !needed.streams.includes(stream));
      if (unknown !== undefined || wanted.length === 0)
        throw new MailError('invalid-input', 'Choose from the existing streams.', 'streams');
      const found = await asked(provider.webhooks.list());
      // Valid before it is entered there: the provider tries it at once.
      const { id, user, password } = await passwords.add({ by, user: key });
      const results: WebhookSetUp[] = [];
      for (const stream of new Set(wanted)) {
        results.push(await setUpOne(provider, stream, address, { user, password, found, by }));
      }
      // Where one answer is missing the provider may have it, and its events must not be refused.
      if (results.every(({ kind }) => kind === 'refused')) await passwords.remove(id, { by });
      return results;
    },
  };
  return withCheckedInput(setup, rules);
}

// Refused is only what was refused throughout: the password of the others is in use.
function combined(results: readonly SetUpResult[]): SetUpResult {
  const failed = results.flatMap(one => (one.kind === 'done' ? [] : [one]));
  const [first] = failed;
  if (!first) return { kind: 'done' };
  const refused = results.every(({ kind }) => kind === 'refused');
  return { kind: refused ? 'refused' : 'unknown', answer: first.answer };
}

// Those that its transports carry; the events of another provider come another way.
function routedStreams({ brands }: MailContext, { transports }: Provider): string[] {
  const names = transports.map(({ name }) => name);
  const categories = brands.all.flatMap(({ policy }) => Object.values(policy.categories));
  const routes = categories.flatMap(({ routes }) => routes);
  const streams = routes.filter(({ transport }) => names.includes(transport)).map(({ stream }) => stream);
  return [...new Set(streams)].sort();
}
