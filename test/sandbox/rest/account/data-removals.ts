import { addressFault } from '../../messages/addresses.ts';
import type { Account } from '../../state/provider.ts';
import type { Removal } from '../../store/removals.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { Fields, isObject } from '../fields.ts';
import type { Call } from '../routes.ts';

/**
 * `POST /data-removals`: a minute later the mail of the recipient is forgotten on every server; suppressions stay.
 * Which of the codes 1300 to 1302 stands for what is not documented.
 */
export function create(account: Account, { body }: Call): Answer {
  if (!account.settings.approvals.dataRemovals) return notApproved();
  const fields = new Fields(isObject(body) ? body : {});
  const [by, address] = [fields.text('RequestedBy') ?? '', fields.text('RequestedFor')?.trim() ?? ''];
  fields.flag('NotifyWhenCompleted');
  if (fields.fault) return fields.fault;
  const wrong = [
    ['RequestedBy', by],
    ['RequestedFor', address],
  ].find(([field = '', email = '']) => addressFault(field, email) !== null);
  if (wrong) return refuse(1302, `The '${wrong[0]}' must be an email address.`);
  const removal = account.removals.add(address, () => forget(account, address));
  return ok(show(account, removal));
}

/** `GET /data-removals/{id}` */
export function one(account: Account, { params }: Call): Answer {
  if (!account.settings.approvals.dataRemovals) return notApproved();
  const removal = account.removals.get(Number(params[0]));
  return removal ? ok(show(account, removal)) : refuse(1301, 'The data removal request was not found.');
}

function forget({ servers }: Account, email: string): void {
  for (const { messages, opens, clicks, bounces, inbound } of servers) {
    messages.forget(email);
    opens.forget(email);
    clicks.forget(email);
    bounces.forget(email);
    inbound.forget(email);
  }
}

function show({ clock }: Account, { id, doneAt }: Removal): Record<string, unknown> {
  return { ID: id, Status: doneAt <= clock.now() ? 'Done' : 'Pending' };
}

function notApproved(): Answer {
  return refuse(1300, 'Data removals are not enabled for this account. Please ask support for access.');
}
