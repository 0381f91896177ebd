import Joi from 'joi';
import { MailError } from '../error.ts';
import type { Limits } from '../providers/limits.ts';
import type { Mailbox } from '../providers/transport.ts';
import { hasControlCharacter, readMailboxes } from '../shared/address.ts';
import { type Fingerprint, fingerprint } from '../shared/fingerprint.ts';
import { checkInput } from '../shared/input.ts';
import { timestampSchema } from '../shared/joi.ts';
import { canonicalLocale } from '../templates/index.ts';
import { type ComposedRequest, checkKind } from './composed-request.ts';
import type { AttachmentInput, SendInput } from './input.ts';
import { isForbiddenAttachment } from './limits.ts';
import { checkMetadata } from './metadata.ts';

/** A checked {@link SendInput}. */
export interface SendRequest {
  /** Empty for composed mail. */
  template: string;
  composed: ComposedRequest | null;
  to: Mailbox[];
  cc: Mailbox[];
  bcc: Mailbox[];
  replyTo: Mailbox[];
  data: unknown;
  idempotencyKey: string | null;
  metadata: Record<string, string>;
  tag: string | null;
  headers: Record<string, string>;
  attachments: Required<AttachmentFileRequest>[];
  locale: string | null;
  topic: string | null;
  confidential: boolean;
  sendAt: Date | null;
  expiresAt: Date | null;
  stream: string | null;
  brand: string | null;
}

interface AttachmentFileRequest {
  name: string;
  content: Buffer;
  contentType: string;
  contentId: string | null;
}

/** Validates the input of `send`; throws a MailError that names the field. */
export function checkSendRequest(input: SendInput, limits: Limits): SendRequest {
  try {
    return readRequest(input, limits);
  } catch (error) {
    if (error instanceof MailError) throw error;
    // Getters and proxies of the caller's can throw anything.
    throw new MailError('invalid-input', 'The message cannot be read.', 'message');
  }
}

/** The input as its schema reads it. */
type Checked = Omit<SendRequest, 'template' | 'composed' | 'attachments'> & {
  [Field in keyof ComposedRequest]?: unknown;
} & { template?: string; attachments: AttachmentInput[] };

function readRequest(input: SendInput, limits: Limits): SendRequest {
  const value = checkInput<Checked>(schema, input, 'message');
  const { category, subject, html, text, layout, checkLinks, ...rest } = value;
  const composed = checkKind({ ...value });
  const request = {
    ...rest,
    template: value.template ?? '',
    // Plain, whatever kind of object they came as.
    metadata: { ...value.metadata },
    headers: { ...value.headers },
    composed,
    // Read from the input: joi has made lists of single values, and a fault should be named `to`, not `to[0]`.
    to: readMailboxes(input.to, 'to'),
    cc: readMailboxes(input.cc, 'cc'),
    bcc: readMailboxes(input.bcc, 'bcc'),
    replyTo: readMailboxes(input.replyTo, 'replyTo'),
    attachments: value.attachments.map((file, i) => readAttachment(file, i, limits)),
  };
  checkRecipients(request, limits);
  checkTag(request.tag, limits);
  checkMetadata(request.metadata, limits);
  return request;
}

const mailbox = Joi.alternatives(
  Joi.string().max(1000),
  Joi.object({ email: Joi.string().max(1000).required(), name: Joi.string().allow('', null) }),
);
// Not joi alternatives: their fault would be named `cc`, not `cc[1].email`.
const mailboxes = Joi.array().items(mailbox).single();
const line = Joi.string().custom((text: string, helper) =>
  hasControlCharacter(text) ? helper.message({ custom: 'contains a line break or control character' }) : text,
);
// By length: joi's own expression backtracks every four characters and overflows the stack at ten million.
const base64 = Joi.string().custom((text: string, helper) =>
  isBase64(text) ? text : helper.message({ custom: 'must be base64' }),
);
const word = Joi.string()
  .pattern(/^[a-z0-9][a-z0-9_-]*$/i)
  .max(64);

const schema = Joi.object({
  template: word,
  category: word,
  subject: line.min(1).max(10_000),
  html: Joi.string().allow(''),
  text: Joi.string().allow(''),
  layout: word,
  checkLinks: Joi.boolean(),
  to: mailboxes.required(),
  cc: mailboxes,
  bcc: mailboxes,
  replyTo: mailboxes,
  data: Joi.any(),
  idempotencyKey: line.min(1).max(255).default(null),
  metadata: Joi.object().pattern(Joi.string(), line.allow('')).default({}),
  tag: line.default(null),
  headers: Joi.object()
    .pattern(/^[!-9;-~]{1,76}$/, line.max(10_000))
    .default({}),
  attachments: Joi.array()
    .items(
      Joi.object({
        name: line.min(1).max(255).required(),
        content: Joi.alternatives(Joi.object().instance(Uint8Array), base64).required(),
        contentType: line.max(255).pattern(/^[\w.+-]+\/[\w.+-]+(;.*)?$/),
        contentId: line.max(200).pattern(/^[^\s<>"]+$/),
      }),
    )
    .default([]),
  locale: Joi.string()
    .max(35)
    .custom((locale: string) => canonicalLocale(locale) && locale)
    .messages({ 'any.custom': '{{#label}} must be written like nl or nl-BE' })
    .default(null),
  topic: Joi.string()
    .pattern(/^[a-z0-9][a-z0-9_-]*$/)
    .max(64)
    .default(null),
  confidential: Joi.boolean().default(false),
  sendAt: timestampSchema.default(null),
  expiresAt: timestampSchema.default(null),
  stream: Joi.string()
    .pattern(/^[a-z][a-z0-9_-]{0,29}$/)
    .default(null),
  brand: Joi.string().max(32).default(null),
})
  .required()
  .label('message');

/** Node's decoder skips what is not base64; then bytes are missing. */
function isBase64(text: string): boolean {
  const bytes = Math.floor((text.replace(/={1,2}$/, '').length * 3) / 4);
  return text.length % 4 === 0 && Buffer.from(text, 'base64').length === bytes;
}

function readAttachment(
  input: AttachmentInput,
  index: number,
  limits: Limits,
): Required<AttachmentFileRequest> {
  if (isForbiddenAttachment(limits, input.name)) {
    throw new MailError(
      'forbidden-attachment',
      `Files of the type of attachments[${index}] are refused by the provider.`,
      `attachments[${index}].name`,
    );
  }
  return {
    name: input.name,
    content:
      typeof input.content === 'string' ? Buffer.from(input.content, 'base64') : Buffer.from(input.content),
    contentType: input.contentType ?? 'application/octet-stream',
    contentId: input.contentId ?? null,
  };
}

function checkRecipients({ to, cc, bcc, headers }: SendRequest, limits: Limits): void {
  if (to.length === 0) throw new MailError('invalid-address', 'to names nobody.', 'to');
  if (to.length + cc.length + bcc.length > limits.recipients) {
    throw new MailError(
      'too-many-recipients',
      `to, cc and bcc together may name ${limits.recipients} addresses.`,
      'to',
    );
  }
  const ours = Object.keys(headers).find(name => reservedHeaders.test(name));
  if (ours)
    throw new MailError('invalid-input', `The header ${ours} is set by Postlane itself.`, `headers.${ours}`);
}

// Headers that have a field of their own, or that steer the provider.
const reservedHeaders =
  /^(from|to|cc|bcc|reply-to|subject|sender|return-path|message-id|date|mime-version|content-.*|x-pm-.*|list-unsubscribe.*)$/i;

function checkTag(tag: string | null, limits: Limits): void {
  if (tag !== null && tag.length > limits.tag)
    throw new MailError('invalid-input', `tag is longer than ${limits.tag} characters.`, 'tag');
}

/** What is kept of a request to tell whether another under the same key of the same brand is the same. */
export function fingerprintOf(request: SendRequest): Fingerprint {
  const {
    idempotencyKey: _,
    brand: __,
    attachments,
    template,
    composed,
    topic,
    confidential,
    ...rest
  } = request;
  return fingerprint({
    ...rest,
    // What is not there leaves no trace: a release that did not know it made the same of the same request.
    ...(composed === null ? { template } : composed),
    ...(topic !== null && { topic }),
    ...(confidential && { confidential }),
    attachments: attachments.map(({ content, ...file }) => ({
      ...file,
      content: content.toString('base64'),
    })),
  });
}
