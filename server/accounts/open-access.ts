import type { Request } from 'express';
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
  request: Request,
): Promise<Person | null> {
  if (pagesAccess === 'accounts') return null;
  if (pagesAccess === 'open')
    return isLoopbackName(request) || isOwnName(request, context.publicUrl) ? developer : null;
  if (!isLoopbackName(request) || isForwarded(request)) return null;
  return (await hasAccounts(context.db)) ? null : developer;
}

// A page of another site can make its own name point to this machine, but it cannot change the name it asks for.
function isLoopbackName({ hostname }: Request): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.+\.localhost)$/.test(hostname ?? '');
}

function isOwnName({ hostname }: Request, publicUrl: string): boolean {
  return hostname === new URL(publicUrl).hostname;
}

// Behind a proxy this is no longer one developer's machine, whatever NODE_ENV says.
function isForwarded(request: Request): boolean {
  return ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'].some(
    name => request.headers[name],
  );
}
