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

const triggered = Object.keys(triggers) as (keyof typeof triggers)[];
/** Mail by SMTP that is refused after it was accepted. It comes with the bounces, where the server is set to tell of it. */
const refusals = 'SMTPApiError';

/** Postmark's webhooks, by its API. */
export function createPostmarkWebhooks(client: ServerClient): ProviderWebhooks {
  return {
    transport: 'postmark-api',
    events: [...triggered, refusals],
    async list() {
      const [{ Webhooks }, server] = await inPlainWords(
        Promise.all([client.getWebhooks(), client.getServer()]),
      );
      return Webhooks.map(webhook => webhookOf(webhook, server));
    },
    async save({ id, stream, url, user, password }) {
      const settings = { Url: url, HttpAuth: { Username: user, Password: password }, Triggers: triggers };
      try {
        if (id === null) await client.createWebhook({ ...settings, MessageStream: stream });
        else await client.editWebhook(Number(id), settings);
        if (!tellsOfRefusals(await client.getServer()))
          await client.editServer({ EnableSmtpApiErrorHooks: true });
        return { kind: 'done' };
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

function webhookOf(
  { ID, Url, MessageStream, HttpAuth, Triggers, Status }: Webhook,
  server: Models.Server,
): ProviderWebhook {
  const isEnabled = (event: keyof typeof triggers) => Triggers[event]?.Enabled;
  return {
    id: String(ID),
    stream: MessageStream,
    url: Url,
    signsIn: bringsPassword(HttpAuth, Url),
    signIn: signInOf(HttpAuth, Url),
    verified: Status !== 'unverified',
    events: [
      ...triggered.filter(isEnabled),
      ...(isEnabled('Bounce') && tellsOfRefusals(server) ? [refusals] : []),
    ],
  };
}

/** Off by default, and set by the API alone. A server that says nothing about it cannot be set. */
function tellsOfRefusals({ EnableSmtpApiErrorHooks }: Models.Server): boolean {
  return EnableSmtpApiErrorHooks !== false;
}

function signInOf(auth: Webhook['HttpAuth'], url: string): ProviderWebhook['signIn'] {
  if (auth?.Username) return { user: auth.Username, password: auth.Password };
  const { username, password, searchParams } = new URL(url);
  if (username !== '') return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  const [user, inQuery] = [searchParams.get('user'), searchParams.get('password')];
  return user && inQuery ? { user, password: inQuery } : undefined;
}

/** In the query a password alone may be enough. */
function bringsPassword(auth: Webhook['HttpAuth'], url: string): boolean {
  return signInOf(auth, url) !== undefined || Boolean(new URL(url).searchParams.get('password'));
}

// Only what Postmark refuses in its own words was certainly not done; the rest is thrown on.
function refusalOf(error: unknown): SaveResult {
  if (!(error instanceof Errors.PostmarkError) || error.statusCode !== 422) throw error;
  const { code } = error;
  // The answer to a failed verification is its result, which has no ErrorCode.
  if (!code || code === 1364) return { kind: 'refused', answer: unverified };
  return { kind: 'refused', answer: answers[code] ?? `Postmark refuses it (code ${code}).` };
}

const unverified =
  'Postmark tried the address and did not get the answer 200. Is it reached from the internet, by https?';

const answers: Record<number, string> = {
  1226: 'The server has no such stream.',
  1350: 'The stream is archived.',
  1352: 'The webhook was removed meanwhile. Try again.',
  1354: 'Postmark does not take this address. It must be reached from the internet.',
  1359: 'The stream has as many webhooks as Postmark allows. Remove one there first.',
};
