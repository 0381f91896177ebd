import type { Response } from 'express';
import { sendAccountMail } from '../../accounts/account-mail.ts';
import { type Approval, type Mail, readMailbox } from '../../mail/index.ts';
import { directoryOf } from '../access/session.ts';
import { locationOf } from '../page-location.ts';
import { may } from '../permissions.ts';
import { personOf } from '../person.ts';
import { requestKinds } from './kinds.ts';

/** As many as are told of one request: further ones find it on the overview. */
const most = 50;

/** Who is told, and where. */
interface Addressee {
  email: string;
  name: string;
}

/**
 * Tells by mail those who may approve that somebody asks: accounts by their roles, or the addresses that the configuration
 * names. A link to the page and no content. Never rejects.
 */
export async function tellApprovers(mail: Mail, response: Response, approval: Approval): Promise<void> {
  await telling(mail, response, async publicUrl => {
    const by = personOf(response).name;
    const data = { by, what: requestKinds[approval.action].to, link: linkOf(publicUrl, approval) };
    for (const one of await approvers(mail, response, approval))
      await sendAccountMail({ mail, publicUrl }, one, 'approval-request', data);
  });
}

/** Tells who asked what was decided, where they have an account. Never rejects. */
export async function tellAsker(mail: Mail, response: Response, approval: Approval): Promise<void> {
  await telling(mail, response, async publicUrl => {
    const email = await directoryOf(response).emailOf(approval.requestedBy);
    if (email === null) return;
    await sendAccountMail(
      { mail, publicUrl },
      { email, name: approval.requestedName ?? email },
      'approval-decision',
      {
        by: personOf(response).name,
        what: requestKinds[approval.action].to,
        approved: approval.state === 'approved',
        link: linkOf(publicUrl, approval),
      },
    );
  });
}

async function approvers(
  mail: Mail,
  response: Response,
  { action, preparedBy }: Approval,
): Promise<Addressee[]> {
  const people = await directoryOf(response).people();
  if (!people) return mail.approvals.mailTo.slice(0, most).map(addressee);
  return people
    .filter(one => may(one, requestKinds[action].approve) && !preparedBy.includes(one.id))
    .slice(0, most);
}

function addressee(text: string): Addressee {
  const { email, name } = readMailbox(text, 'secondPersonMail');
  return { email, name: name ?? email };
}

function linkOf(publicUrl: string, { id }: Approval): string {
  return `${publicUrl}/approvals/${id}`;
}

// The request stands whether or not anybody was told of it.
async function telling(
  mail: Mail,
  response: Response,
  tell: (publicUrl: string) => Promise<void>,
): Promise<void> {
  const { publicUrl } = locationOf(response);
  try {
    if (publicUrl !== null) await tell(publicUrl);
    else if (mail.approvals.mailTo.length > 0)
      mail.log.warn('nobody was told of a request: set publicUrl, so that the mail can lead to it');
  } catch (error) {
    mail.log.error({ err: error }, 'nobody was told of a request');
  }
}
