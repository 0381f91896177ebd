import type { Provider } from '../provider.ts';
import { editServerObject } from '../server-object.ts';
import { type Answer, ok, refuse } from './answer.ts';
import type { Call } from './routes.ts';

/** `GET /server`. The token is left out of ApiTokens: whoever asks has it already. */
export function get(provider: Provider): Answer {
  return ok({ ...provider.server, ApiTokens: [], ServerLink: provider.apiUrl });
}

/** `PUT /server` */
export function edit(provider: Provider, { body }: Call): Answer {
  if (typeof body !== 'object' || body === null) return refuse(609, 'No data was submitted for the server.');
  const wrong = editServerObject(provider.server, { ...body });
  return wrong === null ? get(provider) : refuse(403, `Invalid request field(s): '${wrong}'.`);
}
