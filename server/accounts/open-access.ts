import type { IncomingMessage } from 'node:http';
import type { Person } from '../admin/person.ts';
import type { Config } from '../config/index.ts';
import type { AccountsContext } from './context.ts';
import { hasAccounts } from './store/accounts-store.ts';

/** The person who uses pages that are open: there is nobody else at this machine. */
const developer: Person = { id: 'developer', name: 'Local developer', role: 'admin' };

/** The developer, while the pages are open to this request; else null. */
export async function developerAt(
  context: AccountsContext,
  pagesAccess: Config['pagesAccess'],
  request: IncomingMessage,
): Promise<Person | null> {
  if (pagesAccess === 'accounts' || !isOfThisMachine(request)) return null;
  if (pagesAccess === 'open') return developer;
  return (await hasAccounts(context.db)) ? null : developer;
}

/**
 * True for a request that a browser at this machine sends to this machine by a name of its own. A page of another site can
 * make its own name point here, but it cannot change the name it asks for; and what a proxy has passed on may come from
 * anywhere, whatever it says. Express's `hostname`, `ip` and `protocol` believe such proxies and are of no use here.
 */
function isOfThisMachine({ headers, socket, httpVersion }: IncomingMessage): boolean {
  // No browser speaks HTTP/1.0; nginx does unless told otherwise, and adds no header of its own then.
  const isForwarded = httpVersion === '1.0' || Object.keys(headers).some(name => forwarding.test(name));
  return (
    !isForwarded && loopbackName.test(headers.host ?? '') && loopbackAddress.test(socket.remoteAddress ?? '')
  );
}

const forwarding =
  /^(x-forwarded|forwarded$|via$|x-real-ip$|x-client-ip$|true-client-ip$|cf-|x-original-|x-envoy-)/;
const loopbackName =
  /^(localhost|[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){0,9}\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
const loopbackAddress = /^(::1|(::ffff:)?127(\.\d{1,3}){3})$/;
