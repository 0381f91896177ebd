import type { Approval, Mail, SecondPersonAction } from '../../mail/index.ts';
import type { Permission } from '../permissions.ts';
import { isKind, refText } from '../templates/reference.ts';

/** How a kind of request is called, and what asking for it and approving it take. */
interface RequestKind {
  ask: Permission;
  approve: Permission;
  /** After "asks for a second person to": says nothing of what is in it. */
  to: string;
}

/** Every kind of request. Who may prepare it may ask; who may do it alone, where nobody else is needed, may approve. */
export const requestKinds: Record<SecondPersonAction, RequestKind> = {
  'templates.publish': { ask: 'templates.edit', approve: 'templates.publish', to: 'publish a template' },
  'campaigns.launch': { ask: 'campaigns.edit', approve: 'campaigns.launch', to: 'launch a campaign' },
  'users.role': { ask: 'users.manage', approve: 'users.manage', to: 'change who may do what' },
};

/** What somebody has to be allowed to do to press the button: where it only asks, less. */
export function permissionTo({ approvals }: Pick<Mail, 'approvals'>, action: SecondPersonAction): Permission {
  const { ask, approve } = requestKinds[action];
  return approvals.actions.includes(action) ? ask : approve;
}

/** What is asked for, as a short sentence in the imperative. */
export function titleOf({ action, subject, seen }: Approval): string {
  switch (action) {
    case 'templates.publish': {
      const [kind = '', key = ''] = subject.split(/:(.*)/s);
      const name = kind === 'brand' ? 'the brand' : `${kind} ${key}`;
      return typeof seen.restore === 'number'
        ? `Restore version ${seen.restore} of ${name}`
        : `Publish ${name}`;
    }
    case 'campaigns.launch':
      return `Launch the campaign ${String(seen.name)}`;
    case 'users.role':
      return roleTitle(seen);
  }
}

function roleTitle({ change, name, email, from, to }: Record<string, unknown>): string {
  if (change === 'invite') return `Invite ${name} (${email}) as ${to}`;
  if (change === 'enable') return `Let ${name}, ${to}, sign in again`;
  return `Make ${name} ${to} (now ${from})`;
}

/** The page of what it is about, as a path behind the mount; null where it has none. */
export function pageOf({ action, subject, seen }: Approval): string | null {
  const [kind = '', id = ''] = subject.split(/:(.*)/s);
  if (action === 'campaigns.launch') return `campaigns/${encodeURIComponent(id)}`;
  if (action === 'users.role') return kind === 'account' ? `users/${encodeURIComponent(id)}` : null;
  if (!isKind(kind)) return null;
  const ref = encodeURIComponent(refText({ kind, key: id }));
  return `templates/${ref}${typeof seen.restore === 'number' ? `/versions/${seen.restore}` : '/publication'}`;
}
