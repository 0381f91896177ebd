import { type Mail, MailError, type SecondPersonAction } from '../../mail/index.ts';

/**
 * The module as pages have it: what takes a second person can be asked for by `approvals` and cannot be done, whatever a
 * page does.
 */
export function heldBack(mail: Mail): Mail {
  const holds = (action: SecondPersonAction) => mail.approvals.actions.includes(action);
  const held = {
    ...(holds('templates.publish') && { templates: withoutPublishing(mail.templates) }),
    ...(holds('campaigns.launch') && { campaigns: over(mail.campaigns, { launch: refused }) }),
  };
  return over(mail, held);
}

function withoutPublishing(templates: Mail['templates']): Mail['templates'] {
  const files = over(templates.files, { import: refused, push: refused });
  return over(templates, { publish: refused, restore: refused, files });
}

/** The same object with some of its properties replaced; whatever a host has wrapped around it stays. */
function over<T extends object>(object: T, replaced: Partial<T>): T {
  return Object.assign(Object.create(object) as T, replaced);
}

async function refused(): Promise<never> {
  throw new MailError('wrong-state', 'This takes a second person: ask for it.');
}
