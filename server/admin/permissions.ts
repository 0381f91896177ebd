import type { RequestHandler } from 'express';
import { forbidden } from './page-error.ts';
import { mayAs, type Person, personOf, type Role, roles } from './person.ts';

/** Something that can be done on the pages. */
interface Allowed {
  /** The least role that may; each higher role may too. `anybody` need not even be signed in. */
  role: Role | 'anybody';
  /** What it is, after "may": for the users' pages and the README. */
  may: string;
}

/** Everything that can be done on the pages, with the role it takes. Routes, views and sentences all come from here. */
export const permissions = {
  'sign-in': { role: 'anybody', may: 'sign in, out, and choose a password by a link' },
  assets: { role: 'anybody', may: 'load the styles and scripts of the pages' },

  'pages.view': {
    role: 'viewer',
    may: 'see messages with their addresses and content (confidential content aside), people, campaigns, templates, suppressions, topics, streams, reconciliations and jobs',
  },
  'own-account': { role: 'viewer', may: 'look after their own account' },

  'templates.edit': { role: 'editor', may: 'write drafts of templates, preview and test them' },
  'templates.test-anybody': {
    role: 'publisher',
    may: 'send tests of templates to any address, where editors send them to themselves and to people with an account',
  },
  'templates.replay': { role: 'editor', may: 'render drafts with the data of messages that were sent' },
  'campaigns.edit': { role: 'editor', may: 'prepare campaigns' },
  'campaigns.pause': { role: 'editor', may: 'pause campaigns' },
  'campaigns.export': { role: 'editor', may: 'download the results of a campaign with all its addresses' },
  'suppressions.add': { role: 'editor', may: 'suppress addresses, one by one and by lists' },
  'suppressions.export': { role: 'editor', may: 'download all suppressions with their addresses' },
  'approvals.ask': {
    role: 'editor',
    may: 'ask a second person to approve what they prepared, where one is needed, and withdraw that',
  },
  'messages.payloads': {
    role: 'editor',
    may: 'see what providers reported in full, with devices and places of recipients',
  },
  'connections.test': { role: 'editor', may: 'test connections and check webhooks' },

  'templates.publish': { role: 'publisher', may: 'publish templates and restore their versions' },
  'campaigns.launch': { role: 'publisher', may: 'launch campaigns' },
  'campaigns.resume': { role: 'publisher', may: 'resume campaigns' },
  'campaigns.cancel': { role: 'publisher', may: 'cancel campaigns' },
  'campaigns.retry': { role: 'publisher', may: 'retry the failed messages of a campaign' },
  'topics.edit': {
    role: 'publisher',
    may: 'change topics: their words, who gets their mail, and whether they are in use',
  },
  'suppressions.lift': { role: 'publisher', may: 'lift suppressions' },
  'messages.cancel': { role: 'publisher', may: 'cancel messages' },
  'messages.send-now': { role: 'publisher', may: 'send scheduled messages at once' },
  'messages.retry': { role: 'publisher', may: 'retry messages, those of unknown fate included' },
  'messages.resend': { role: 'publisher', may: 'send copies of messages' },
  'approvals.decide': {
    role: 'publisher',
    may: 'approve or decline what others prepared, each kind for those who may do it themselves',
  },
  'audit.view': { role: 'publisher', may: 'read the audit log' },

  'jobs.change': { role: 'admin', may: 'run, disable and delete jobs' },
  'webhooks.set-up': { role: 'admin', may: 'set up webhooks and their passwords' },
  'users.manage': { role: 'admin', may: 'manage the users' },
} as const satisfies Record<string, Allowed>;

/** The name of something that can be done. */
export type Permission = keyof typeof permissions;

/** True when the person may do it. Throws for a name that is not in {@link permissions}. */
export function may(person: Pick<Person, 'role'> | null, permission: Permission): boolean {
  const allowed: Allowed | undefined = Object.hasOwn(permissions, permission)
    ? permissions[permission]
    : undefined;
  if (!allowed) throw new TypeError(`There is no permission ${permission}.`);
  if (allowed.role === 'anybody') return true;
  return person !== null && mayAs(person, allowed.role);
}

const gates = new WeakMap<RequestHandler, Permission>();

/** Lets people through who may do this; others get a page that says which role it takes. */
export function allow(permission: Permission): RequestHandler {
  const { role }: Allowed = permissions[permission];
  const gate: RequestHandler = (_request, response, next) => {
    if (role === 'anybody') return next();
    const person = personOf(response);
    next(may(person, permission) ? undefined : forbidden(roleMissing(person, role)));
  };
  gates.set(gate, permission);
  return gate;
}

/** The permission that a handler of {@link allow} asks for; undefined for any other handler. */
export function permissionAsked(handler: RequestHandler): Permission | undefined {
  return gates.get(handler);
}

/** Each role with what it may do beyond the role before it. */
export const roleSentences: readonly { role: Role; may: string }[] = roles.map(role => ({
  role,
  may: Object.values<Allowed>(permissions)
    .filter(allowed => allowed.role === role)
    .map(allowed => allowed.may)
    .join('; '),
}));

function roleMissing({ role }: Person, needed: Role): string {
  return `This requires the ${needed} role; you are ${role}. An admin can change that.`;
}
