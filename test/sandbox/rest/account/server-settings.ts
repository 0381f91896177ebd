import type { Provider } from '../../state/provider.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { isObject } from '../fields.ts';
import type { Call } from '../routes.ts';
import { editServer } from './server-fields.ts';

/** `GET /server` */
export function get(provider: Provider): Answer {
  return ok(showServer(provider));
}

/** `PUT /server` */
export function edit(provider: Provider, { body }: Call): Answer {
  if (!isObject(body) || Object.keys(body).length === 0) {
    return refuse(609, 'No data was submitted for the server.');
  }
  return editServer(provider, body) ?? get(provider);
}

/** A server as both kinds of token see it. */
export function showServer(provider: Provider): Record<string, unknown> {
  const { server, settings, apiUrl } = provider;
  const { ID, Name, ...rest } = server;
  return { ID, Name, ApiTokens: [settings.token], ...rest, ServerLink: apiUrl };
}
