import type { Knex } from 'knex';
import { MailError, type SendInput } from '../mail/index.ts';
import type { AccountsContext } from './context.ts';
import type { Account } from './store/accounts.ts';
import {
  findTicket,
  insertTicket,
  type Purpose,
  type Ticket,
  takeTicket,
  voidTickets,
} from './store/tickets.ts';
import { hashOf, newToken } from './tokens.ts';

/** What a link is for. */
export type LinkPurpose = Exclude<Purpose, 'code'>;

/** The template of the message that brings a link. */
const linkTemplate = 'account-invitation';

/** How long a link is good, in hours. */
export const linkHours: Record<LinkPurpose, number> = { invitation: 7 * 24, password: 24 };

/** A link that lets somebody choose a password, once. */
export interface Link {
  url: string;
  purpose: LinkPurpose;
  /** How long it is good. */
  hours: number;
  expiresAt: Date;
}

/** Makes a link for an account and voids those it had: the newest one counts. */
export async function makeLink(
  { now, publicUrl }: AccountsContext,
  trx: Knex,
  accountId: string,
  purpose: LinkPurpose,
  hours = linkHours[purpose],
): Promise<Link> {
  const token = newToken();
  const expiresAt = new Date(now().getTime() + hours * 3_600_000);
  await voidTickets(trx, accountId, now(), ['invitation', 'password']);
  await insertTicket(trx, { accountId, purpose, expiresAt }, hashOf(token), now());
  return { url: `${publicUrl}/invitation/${token}`, purpose, hours, expiresAt };
}

/** The ticket of a link; null when it never was one. */
export async function readLink({ db }: AccountsContext, token: string): Promise<Ticket | null> {
  const ticket = await findTicket(db, hashOf(token));
  return ticket?.purpose === 'code' ? null : ticket;
}

/** Uses a link up; false when that has happened before, or it has expired. */
export function takeLink({ now }: AccountsContext, trx: Knex, token: string): Promise<boolean> {
  return takeTicket(trx, hashOf(token), now());
}

/**
 * Sends a link to its account by Postlane itself and returns the id of the message, once it has been sent. Null when it
 * could not be sent: then the link has to be passed on by hand. What the message says is removed at once, because who
 * may read messages would find the link there, and with it the role of somebody else. Without `invitedBy` the account's
 * owner asked for it.
 */
export async function mailLink(
  { mail }: AccountsContext,
  account: Account,
  link: Link,
  invitedBy: string | null,
): Promise<string | null> {
  try {
    const { id, state } = await mail.send(messageOf(account, link, invitedBy), { wait: true });
    const left = state !== 'queued' && state !== 'suppressed' && state !== 'failed';
    if (state === 'queued') await mail.messages.cancel(id);
    await mail.messages.purgeContent(id);
    return left ? id : null;
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    mail.log.warn({ code: error.code }, 'a link to an account could not be sent by mail');
    return null;
  }
}

function messageOf(
  { email, name, role }: Account,
  { url, purpose, hours }: Link,
  invitedBy: string | null,
): SendInput {
  return {
    template: linkTemplate,
    to: { email, name },
    data: {
      name,
      role,
      ...(invitedBy !== null && { invitedBy }),
      link: url,
      validHours: hours,
      newPassword: purpose === 'password',
    },
  };
}
