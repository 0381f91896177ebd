import type { Sandbox } from '../../test/sandbox/index.ts';
import type { Mail } from '../mail/index.ts';

/**
 * Enters at the local Postmark where its reports go, as somebody does once at the real one: the sandbox forgets it with
 * its process. The address is tried at once, so the server has to be up. Throws what Postmark has against it.
 */
export async function enterWebhooks(
  sandbox: Sandbox,
  { providers }: Mail['webhooks'],
  address: string,
  { user, password }: { user: string; password: string },
): Promise<void> {
  const [provider] = providers;
  if (!provider) throw new Error('There is no provider whose webhooks could be entered.');
  const say = async (method: string, path: string, body: object) => {
    const headers = { 'Content-Type': 'application/json', 'X-Postmark-Server-Token': sandbox.token };
    const answer = await fetch(sandbox.apiUrl + path, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`The local Postmark refuses ${path}: ${await answer.text()}`);
  };
  const { streams, events } = provider;
  // Those come with the bounces, of a server that is set to tell of them.
  const triggers = events.filter(event => event !== 'SMTPApiError');
  await say('PUT', '/server', { EnableSmtpApiErrorHooks: true });
  for (const stream of streams) {
    await say('POST', '/webhooks', {
      Url: address,
      MessageStream: stream,
      HttpAuth: { Username: user, Password: password },
      Triggers: Object.fromEntries(triggers.map(event => [event, { Enabled: true }])),
    });
  }
}
