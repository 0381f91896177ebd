import { randomUUID } from 'node:crypto';
import type { Account, Provider } from '../../state/provider.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { asOption, Fields, isObject } from '../fields.ts';
import { cut, readPage } from '../query.ts';
import type { Call } from '../routes.ts';
import { editServer } from './server-fields.ts';
import { showServer } from './server-settings.ts';

/** `GET /servers`: those whose name contains a text, or all. */
export function list({ servers }: Account, { query }: Call): Answer {
  const page = readPage(query);
  if (typeof page === 'string') return refuse(600, page);
  const part = query.text('name')?.toLowerCase() ?? '';
  const found = servers.filter(({ server }) => server.Name.toLowerCase().includes(part));
  return ok({ TotalCount: found.length, Servers: cut(found, page).map(showServer) });
}

/** `GET /servers/{id}` */
export function one(account: Account, call: Call): Answer {
  return onServer(account, call, provider => ok(showServer(provider)));
}

/** `POST /servers`: a server of its own, with its token, streams and mail; over REST only. */
export function create(account: Account, { body }: Call): Answer {
  if (!isObject(body) || Object.keys(body).length === 0) return noData();
  const fields = new Fields(body);
  const type = asOption(['Live', 'Sandbox'], fields.text('DeliveryType') ?? 'Live');
  if (!type) return refuse(613, "The 'DeliveryType' must be Live or Sandbox.");
  if (!fields.text('Name')) return refuse(608, "The 'Name' of a server is required.");
  const provider = account.openServer(randomUUID());
  const fault = editServer(provider, body);
  if (fault) {
    account.closeServer(provider);
    return fault;
  }
  provider.server.DeliveryType = type;
  return ok(showServer(provider));
}

/** `PUT /servers/{id}`: what is not named stays; the delivery type always does. */
export function edit(account: Account, call: Call): Answer {
  return onServer(account, call, provider => {
    if (!isObject(call.body) || Object.keys(call.body).length === 0) return noData();
    if (call.body.DeliveryType !== undefined && call.body.DeliveryType !== provider.server.DeliveryType) {
      return refuse(613, "The 'DeliveryType' of a server cannot be changed.");
    }
    return editServer(provider, call.body) ?? ok(showServer(provider));
  });
}

/** `DELETE /servers/{id}`: wants a permission of its own. */
export function remove(account: Account, call: Call): Answer {
  if (!account.settings.approvals.deleteServers)
    return refuse(604, 'This account may not delete servers over the API.');
  return onServer(account, call, provider => {
    if (provider === account.servers[0]) return refuse(605, "The sandbox's own server cannot be removed.");
    account.closeServer(provider);
    return ok({ ErrorCode: 0, Message: `Server ${provider.server.Name} removed.` });
  });
}

function noData(): Answer {
  return refuse(609, 'No data was submitted for the server.');
}

/** The code for an unknown server is documented for pushing templates only. */
function onServer(account: Account, { params }: Call, run: (provider: Provider) => Answer): Answer {
  const provider = account.server(Number(params[0]));
  return provider ? run(provider) : refuse(601, 'The server you requested was not found.');
}
