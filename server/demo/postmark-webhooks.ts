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
  const { streams, events } = provider;
  const triggers = Object.fromEntries(events.map(event => [event, { Enabled: true }]));
  for (const stream of streams) {
    const settings = {
      Url: address,
      MessageStream: stream,
      HttpAuth: { Username: user, Password: password },
      Triggers: triggers,
    };
    const headers = { 'Content-Type': 'application/json', 'X-Postmark-Server-Token': sandbox.token };
    const init = { method: 'POST', headers, body: JSON.stringify(settings) };
    const answer = await fetch(`${sandbox.apiUrl}/webhooks`, init);
    if (!answer.ok) throw new Error(`The local Postmark takes no webhook: ${await answer.text()}`);
  }
}
