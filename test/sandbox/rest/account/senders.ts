import { addressFault, domainOf } from '../../messages/addresses.ts';
import type { Account } from '../../state/provider.ts';
import type { Domain } from '../../store/domains.ts';
import type { Sender } from '../../store/senders.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { Fields, isObject } from '../fields.ts';
import { cut, readPage } from '../query.ts';
import type { Call } from '../routes.ts';
import { alreadyRenewing, returnPathFault, setReturnPath, showDns } from './domains.ts';

/** Domains anybody can have an address at; the list is longer in truth. */
const PUBLIC_DOMAINS = ['gmail.com', 'yahoo.com', 'hotmail.com', 'outlook.com', 'aol.com', 'icloud.com'];
const LIMITS: readonly [field: string, most: number][] = [
  ['FromEmail', 255],
  ['Name', 255],
  ['ReplyToEmail', 255],
  ['ConfirmationPersonalNote', 400],
];

/** `GET /senders` */
export function list({ senders }: Account, { query }: Call): Answer {
  const page = readPage(query);
  if (typeof page === 'string') return refuse(500, page);
  const all = senders.list();
  return ok({ TotalCount: all.length, SenderSignatures: cut(all, page).map(showRow) });
}

/** `GET /senders/{id}` */
export function one(account: Account, call: Call): Answer {
  return onSender(account, call, sender => ok(show(account, sender)));
}

/** `POST /senders`: not confirmed yet. Its domain joins the account's, as the answer shows its DNS. */
export function create(account: Account, { body }: Call): Answer {
  if (!isObject(body) || Object.keys(body).length === 0) return noData();
  const fields = new Fields(body);
  const email = fields.text('FromEmail')?.trim() ?? '';
  const name = fields.text('Name') ?? '';
  const returnPath = fields.text('ReturnPathDomain') ?? '';
  if (fields.fault) return fields.fault;
  if (email === '') return refuse(520, "The 'FromEmail' is required.");
  if (name === '') return refuse(502, "The 'Name' is required.");
  const fault =
    lengthFault(fields) ?? addressFaults(fields, email) ?? returnPathFault(domainOf(email), returnPath);
  if (fault) return fault;
  if (PUBLIC_DOMAINS.includes(domainOf(email))) {
    return refuse(503, `Sender signatures at the public domain ${domainOf(email)} are not allowed.`);
  }
  if (account.senders.of(email)) return refuse(504, `A sender signature for ${email} exists already.`);
  const domain = domainFor(account, email);
  if (returnPath !== '') setReturnPath(domain, returnPath);
  const replyTo = fields.text('ReplyToEmail') ?? '';
  const note = fields.text('ConfirmationPersonalNote') ?? '';
  return ok(show(account, account.senders.add({ email, name, replyTo, note })));
}

/** `PUT /senders/{id}`: the address itself cannot be changed. */
export function edit(account: Account, call: Call): Answer {
  return onSender(account, call, sender => {
    if (!isObject(call.body) || Object.keys(call.body).length === 0) return noData();
    const fields = new Fields(call.body);
    const changes = {
      name: fields.text('Name') ?? sender.name,
      replyTo: fields.text('ReplyToEmail') ?? sender.replyTo,
      note: fields.text('ConfirmationPersonalNote') ?? sender.note,
    };
    const returnPath = fields.text('ReturnPathDomain');
    const domain = domainFor(account, sender.email);
    const fault = fields.fault ?? lengthFault(fields) ?? addressFaults(fields, sender.email);
    if (fault) return fault;
    const pathFault = returnPath === undefined ? null : setReturnPath(domain, returnPath);
    if (pathFault) return pathFault;
    return ok(show(account, Object.assign(sender, changes)));
  });
}

/** `DELETE /senders/{id}` */
export function remove(account: Account, call: Call): Answer {
  return onSender(account, call, ({ id, email }) => {
    account.senders.remove(id);
    return ok({ ErrorCode: 0, Message: `Signature ${email} removed.` });
  });
}

/** `POST /senders/{id}/resend`: once more the mail that asks for confirmation. */
export function resend(account: Account, call: Call): Answer {
  return onSender(account, call, ({ confirmed, email }) =>
    confirmed
      ? refuse(506, `The sender signature ${email} is confirmed already.`)
      : ok({ ErrorCode: 0, Message: `Confirmation email for Sender Signature ${email} was re-sent.` }),
  );
}

/** `POST /senders/{id}/verifyspf` (deprecated): verified whatever DNS holds. */
export function verifySpf(account: Account, call: Call): Answer {
  return onSender(account, call, sender => {
    domainFor(account, sender.email).spfVerified = true;
    return ok(show(account, sender));
  });
}

/** `POST /senders/{id}/requestnewdkim` (deprecated, still answered) */
export function requestNewDkim(account: Account, call: Call): Answer {
  return onSender(account, call, sender =>
    account.domains.rotateDkim(domainFor(account, sender.email))
      ? ok(show(account, sender))
      : alreadyRenewing(),
  );
}

function domainFor({ domains }: Account, email: string): Domain {
  const name = domainOf(email);
  return domains.named(name) ?? domains.add(name);
}

function lengthFault(fields: Fields): Answer | null {
  const found = LIMITS.find(([field, most]) => (fields.text(field)?.length ?? 0) > most);
  return found ? refuse(521, `The '${found[0]}' is limited to ${found[1]} characters.`) : null;
}

function addressFaults(fields: Fields, email: string): Answer | null {
  const replyTo = fields.text('ReplyToEmail') || email;
  const wrong = [email, replyTo].find(address => addressFault('FromEmail', address) !== null);
  return wrong === undefined ? null : refuse(522, `The address '${wrong}' is not valid.`);
}

function noData(): Answer {
  return refuse(502, 'No data was submitted for the sender signature.');
}

function showRow({ id, email, replyTo, name, confirmed }: Sender): Record<string, unknown> {
  return {
    Domain: domainOf(email),
    EmailAddress: email,
    ReplyToEmailAddress: replyTo,
    Name: name,
    Confirmed: confirmed,
    ID: id,
  };
}

function show(account: Account, sender: Sender): Record<string, unknown> {
  return {
    ...showRow(sender),
    ...showDns(domainFor(account, sender.email)),
    ConfirmationPersonalNote: sender.note,
  };
}

function onSender({ senders }: Account, { params }: Call, run: (sender: Sender) => Answer): Answer {
  const sender = senders.get(Number(params[0]));
  return sender ? run(sender) : refuse(501, 'The sender signature you requested was not found.');
}
