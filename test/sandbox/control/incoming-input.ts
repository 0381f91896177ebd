import type { InboundMail } from '../inbound/compose.ts';
import type { Incoming } from '../inbound/receive.ts';

const PARTS = ['to', 'cc', 'replyTo', 'subject', 'text', 'html'] as const;

/** Checks inbound mail that came as JSON: `{raw, recipient?}` or its parts. A text says what is wrong with it. */
export function readIncoming(body: unknown): Incoming | string {
  const given = new Map<string, unknown>(Object.entries(Object(body)));
  const [raw, from, recipient] = [given.get('raw'), given.get('from'), given.get('recipient')];
  if (typeof raw === 'string') return typeof recipient === 'string' ? { raw, recipient } : { raw };
  if (typeof from !== 'string' || from === '') return 'raw must be a MIME source, or from an address.';
  const mail: InboundMail = { from };
  for (const part of PARTS) {
    const value = given.get(part);
    if (value !== undefined && typeof value !== 'string') return `${part} must be a text.`;
    if (value) mail[part] = value;
  }
  return mail;
}
