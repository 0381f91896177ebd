import { randomUUID } from 'node:crypto';
import { accept } from '../accept.ts';
import type { Provider } from '../provider.ts';
import { stamp } from '../timestamps.ts';
import { type Answer, ok, type Refusal, refusal, refuse } from './answer.ts';
import { checkEmail } from './email-checks.ts';
import type { Call } from './routes.ts';

const MOST_IN_A_BATCH = 500;

/** `POST /email` */
export function send(provider: Provider, call: Call): Answer {
  const result = sendOne(provider, call.body, call.isTest, 'single');
  return { status: result.ErrorCode === 0 ? 200 : 422, body: result };
}

/** `POST /email/batch`: one result per item, in order; a failed item does not fail the call. */
export function sendBatch(provider: Provider, call: Call): Answer {
  if (!Array.isArray(call.body))
    return refuse(402, 'Received invalid JSON input: an array of messages is expected.');
  if (call.body.length > MOST_IN_A_BATCH) {
    return refuse(410, `You may not send more than ${MOST_IN_A_BATCH} messages in one batch.`);
  }
  return ok(call.body.map(item => sendOne(provider, item, call.isTest, 'batch')));
}

type SendResult = Refusal & { To?: string; SubmittedAt?: string; MessageID?: string };

function sendOne(
  provider: Provider,
  item: unknown,
  isTest: boolean,
  wording: 'single' | 'batch',
): SendResult {
  const checked = checkEmail(provider, item, isTest);
  if (checked.kind === 'refused') return checked.refusal;
  const { submission, echo } = checked;
  const to = echo === undefined ? {} : { To: echo };
  if (isTest)
    return { ...to, ...stamped(Date.now(), randomUUID()), ErrorCode: 0, Message: 'Test job accepted' };
  const { inactive } = submission;
  const everyone = [...submission.to, ...submission.cc, ...submission.bcc];
  if (everyone.every(({ Email }) => inactive.includes(Email.toLowerCase()))) {
    return refusal(406, allInactive(inactive, wording));
  }
  const message = accept(provider, submission);
  const text = inactive.length === 0 ? 'OK' : someInactive(inactive);
  return { ...to, ...stamped(message.receivedAt, message.id), ErrorCode: 0, Message: text };
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
