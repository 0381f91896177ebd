import { Errors, type Models, type ServerClient } from 'postmark';
import type { ProviderWebhook, ProviderWebhooks, SaveResult } from '../provider.ts';
import { inPlainWords } from './client.ts';

/** The client's type lacks what Postmark added in 2026. */
type Webhook = Models.Webhook & { Status?: string };

// Each open is a fact. The content of a mail, however, is known here, and a bounce is read quicker without.
const triggers = {
  Delivery: { Enabled: true },
  Bounce: { Enabled: true, IncludeContent: false },
  SpamComplaint: { Enabled: true, IncludeContent: false },
  Open: { Enabled: true, PostFirstOpenOnly: false },
  Click: { Enabled: true },
  SubscriptionChange: { Enabled: true },
} satisfies Models.WebhookRequestTriggers;

const events = Object.keys(triggers) as (keyof typeof triggers)[];

/** Postmark's webhooks, by its API. */
export function createPostmarkWebhooks(client: ServerClient): ProviderWebhooks {
  return {
    transport: 'postmark-api',
    events,
    async list() {
      const { Webhooks } = await inPlainWords(client.getWebhooks());
      return Webhooks.map(webhookOf);
    },
    async save({ id, stream, url, user, password }) {
      const settings = { Url: url, HttpAuth: { Username: user, Password: password }, Triggers: triggers };
      try {
        if (id === null) await client.createWebhook({ ...settings, MessageStream: stream });
        else await client.editWebhook(Number(id), settings);
        return { kind: 'done' };
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

function webhookOf({ ID, Url, MessageStream, HttpAuth, Triggers, Status }: Webhook): ProviderWebhook {
  return {
    id: String(ID),
    stream: MessageStream,
    url: Url,
    signsIn: Boolean(HttpAuth?.Username) || new URL(Url).username !== '',
    signIn: signInOf(HttpAuth, Url),
    verified: Status !== 'unverified',
    events: events.filter(event => Triggers[event]?.Enabled),
  };
}

function signInOf(auth: Webhook['HttpAuth'], url: string): ProviderWebhook['signIn'] {
  if (auth?.Username) return { user: auth.Username, password: auth.Password };
  const { username, password } = new URL(url);
  return username === ''
    ? undefined
    : { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

// Only what Postmark refuses in its own words was certainly not done; the rest is thrown on.
function refusalOf(error: unknown): SaveResult {
  if (!(error instanceof Errors.PostmarkError) || error.statusCode !== 422) throw error;
  const { code } = error;
  // The answer to a failed verification is its result, which has no ErrorCode.
  if (!code || code === 1364) return { kind: 'refused', answer: unverified };
  return { kind: 'refused', answer: refusals[code] ?? `Postmark refuses it (code ${code}).` };
}

const unverified =
  'Postmark tried the address and did not get the answer 200. Is it reached from the internet, by https?';

const refusals: Record<number, string> = {
  1226: 'The server has no such stream.',
  1350: 'The stream is archived.',
  1352: 'The webhook was removed meanwhile. Try again.',
  1354: 'Postmark does not take this address. It must be reached from the internet.',
  1359: 'The stream has as many webhooks as Postmark allows. Remove one there first.',
};
