import { randomUUID } from 'node:crypto';
import type { Envelope, Outcome } from '../../server/mail/providers/transport.ts';

/** An envelope to Ada; `over` replaces fields. */
export function anEnvelope(over: Partial<Envelope> = {}): Envelope {
  return {
    attemptId: randomUUID(),
    stream: 'outbound',
    from: { email: 'shop@sender.example', name: 'Test Shop' },
    to: { email: 'ada@mail.example', name: 'Ada' },
    cc: [],
    bcc: [],
    replyTo: [],
    subject: 'Your order',
    html: '<p>Thank you.</p>',
    text: 'Thank you.',
    headers: {},
    metadata: {},
    attachments: [],
    ...over,
  };
}

/** The outcome of a hand-over of one envelope. */
export async function onlyOutcome(sending: Promise<Outcome[]>): Promise<Outcome> {
  const [outcome, ...more] = await sending;
  if (!outcome || more.length > 0) throw new Error('It is not one outcome.');
  return outcome;
}
