import { randomUUID } from 'node:crypto';
import { accept, type Submission } from '../../messages/accept.ts';
import { type RuleFault, streamFault } from '../../messages/rules.ts';
import type { Provider } from '../../state/provider.ts';
import { stamp } from '../../state/timestamps.ts';
import { type Answer, ok, type Refusal, refusal, refuse } from '../answer.ts';
import { Fields, isObject } from '../fields.ts';
import type { Call } from '../routes.ts';
import { checkEmail, type EmailCheck } from './email-checks.ts';
import { acceptUnrenderable, checkTemplated } from './templated-email.ts';

const MOST_IN_A_BATCH = 500;

/** `POST /email` */
export function send(provider: Provider, call: Call): Answer {
  return sendSingle(provider, call, checkEmail);
}

/** `POST /email/withTemplate` */
export function sendWithTemplate(provider: Provider, call: Call): Answer {
  return sendSingle(provider, call, checkTemplated);
}

/** `POST /email/batch`: one result per item, in order; a failed item does not fail the call, nor does having none. */
export function sendBatch(provider: Provider, call: Call): Answer {
  if (!Array.isArray(call.body))
    return refuse(402, 'Received invalid JSON input: an array of messages is expected.');
  return sendAll(provider, call, call.body, checkEmail);
}

/** `POST /email/batchWithTemplates` */
export function sendBatchWithTemplates(provider: Provider, call: Call): Answer {
  const items = isObject(call.body) ? call.body.Messages : undefined;
  if (!Array.isArray(items))
    return refuse(402, "Received invalid JSON input: a list of 'Messages' is expected.");
  return sendAll(provider, call, items, checkTemplated);
}

type Check = (provider: Provider, item: unknown, isTest: boolean) => EmailCheck;

function sendSingle(provider: Provider, call: Call, check: Check): Answer {
  const result = sendOne(provider, check(provider, call.body, call.isTest), call.isTest, 'single');
  return { status: result.ErrorCode === 0 ? 200 : 422, body: result };
}

function sendAll(provider: Provider, { isTest }: Call, items: unknown[], check: Check): Answer {
  if (items.length > MOST_IN_A_BATCH) {
    return refuse(410, `You may not send more than ${MOST_IN_A_BATCH} messages in one batch.`);
  }
  const wrongStream =
    provider.settings.variants.batchStream === 'request' && firstStreamFault(provider, items);
  if (wrongStream) return refuse(wrongStream.code, wrongStream.message);
  return ok(items.map(item => sendOne(provider, check(provider, item, isTest), isTest, 'batch')));
}

function firstStreamFault(provider: Provider, items: readonly unknown[]): RuleFault | null {
  for (const item of items) {
    const id = isObject(item) ? new Fields(item).text('MessageStream') : undefined;
    const fault = id ? streamFault(provider, id) : null;
    if (fault) return fault;
  }
  return null;
}

type SendResult = Refusal & { To?: string; SubmittedAt?: string; MessageID?: string };

function sendOne(
  provider: Provider,
  checked: EmailCheck,
  isTest: boolean,
  wording: 'single' | 'batch',
): SendResult {
  if (checked.kind === 'refused') return checked.refusal;
  const { submission, echo } = checked;
  const to = echo === undefined ? {} : { To: echo };
  if (isTest) {
    const stamps = stamped(provider.clock.now(), randomUUID());
    return { ...to, ...stamps, ErrorCode: 0, Message: 'Test job accepted' };
  }
  const { inactive } = submission;
  if (tooManyInactive(provider, submission)) return refusal(406, allInactive(inactive, wording));
  const message =
    checked.kind === 'fine'
      ? accept(provider, submission)
      : acceptUnrenderable(provider, submission, checked.reason);
  const text = inactive.length === 0 ? 'OK' : someInactive(inactive);
  return { ...to, ...stamped(message.receivedAt, message.id), ErrorCode: 0, Message: text };
}

/** Whether nobody is left to send to; as a variant, whether one is missing. */
export function tooManyInactive({ settings }: Provider, { to, cc, bcc, inactive }: Submission): boolean {
  if (settings.variants.partlyInactive === 'refused') return inactive.length > 0;
  return [...to, ...cc, ...bcc].every(({ Email }) => inactive.includes(Email.toLowerCase()));
}

function stamped(at: number, id: string): { SubmittedAt: string; MessageID: string } {
  return { SubmittedAt: stamp(at), MessageID: id };
}

const WHY_INACTIVE =
  'Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual suppression.';

/** The text of code 406; batch items word it slightly differently and end in a space. */
export function allInactive(emails: readonly string[], wording: 'single' | 'batch'): string {
  const [who, end] =
    wording === 'single' ? ['recipient(s) that have been', ''] : ['a recipient that has been', ' '];
  const found = `Found inactive addresses: ${emails.join(', ')}. ${WHY_INACTIVE}`;
  return `You tried to send to ${who} marked as inactive. ${found}${end}`;
}

function someInactive(emails: readonly string[]): string {
  return `Message OK, but will not deliver to these inactive addresses: ${emails.join(', ')}. ${WHY_INACTIVE}`;
}
