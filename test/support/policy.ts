import { demoPolicy } from '../../server/demo/policy.ts';
import type { Policy } from '../../server/mail/index.ts';
import { standardRoutes } from '../../server/mail/providers/configured.ts';
import type { Mailbox } from '../../server/mail/providers/transport.ts';
import { readPolicy } from '../../server/mail/routing/policy-options.ts';

/** The policy that the demo's templates need, as the module reads it. */
export function testPolicy(
  from: Mailbox = { email: 'shop@sender.example' },
  routes = standardRoutes,
): Policy {
  return readPolicy(demoPolicy, from, routes);
}
