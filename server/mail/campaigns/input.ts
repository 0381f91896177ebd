import Joi from 'joi';
import { MailError } from '../error.ts';
import type { Limits } from '../providers/limits.ts';
import type { Mailbox } from '../providers/transport.ts';
import { checkMetadata } from '../sending/metadata.ts';
import { addressKey, type MailboxInput, readMailbox, readMailboxes } from '../shared/address.ts';
import { nearestName, timestampSchema } from '../shared/joi.ts';
import { jsonSchema, lineSchema, manySchema, wordSchema } from '../shared/schemas.ts';
import { canonicalLocale, type ReadyTemplate } from '../templates/index.ts';
import type { NewMember } from './audience-store.ts';
import type { Campaign } from './campaigns-store.ts';

/** What every recipient of an audience may have; an address counts once. */
interface RecipientFields {
  name?: string | null | undefined;
  /** Merged over the campaign's data. */
  data?: Record<string, unknown> | undefined;
  /** BCP 47, such as `nl-BE`. */
  locale?: string | undefined;
  /** The message can be found by it. */
  metadata?: Record<string, string> | undefined;
  replyTo?: MailboxInput | readonly MailboxInput[] | undefined;
}

/** One recipient of an audience. `email` means the same as `to`. */
export type RecipientInput = RecipientFields &
  ({ to: MailboxInput; email?: undefined } | { email: string; to?: undefined });

/** Recipients as they come: a list, a generator, a stream of parsed lines. */
export type Recipients = Iterable<RecipientInput> | AsyncIterable<RecipientInput>;

// Messages are rendered with it one by one; an insert of a page of recipients stays far below what a database takes.
const mostShared = 1024 * 1024;
const mostOfOne = 256 * 1024;

/** What `campaigns.create` takes. */
export const campaignInputSchema: Joi.ObjectSchema = Joi.object({
  name: Joi.string().trim().min(1).max(200).required(),
  template: wordSchema.required(),
  topic: Joi.string()
    .pattern(/^[a-z0-9][a-z0-9_-]*$/)
    .max(64),
  data: jsonSchema(mostShared).default({}),
  tag: lineSchema.max(10_000),
  brand: Joi.string().max(32),
  sendAt: timestampSchema,
}).required();

/** What can be gone through one by one. */
export const recipientsSchema: Joi.Schema = manySchema;

const fields = ['to', 'email', 'name', 'data', 'locale', 'metadata', 'replyTo'];

/** One recipient, checked; or why it cannot be one. By hand: there may be millions. */
export function readRecipient(
  recipient: RecipientInput,
  campaign: Campaign,
  template: ReadyTemplate,
  limits: Limits,
): NewMember | MailError {
  try {
    return checkRecipient({ ...recipient }, campaign, template, limits);
  } catch (error) {
    // Anything else comes from what was handed in: a getter that throws, or what JSON cannot hold.
    return error instanceof MailError
      ? error
      : new MailError('invalid-input', 'The recipient cannot be read.', 'to');
  }
}

function checkRecipient(
  recipient: RecipientInput,
  campaign: Campaign,
  template: ReadyTemplate,
  limits: Limits,
): NewMember {
  const unknown = Object.keys(recipient).find(name => !fields.includes(name));
  if (unknown !== undefined) throw unknownField(unknown);
  const { email, name } = mailboxOf(recipient);
  const { data, metadata, locale, replyTo } = recipient;
  template.check({ ...campaign.data, ...objectOf(data, 'data') });
  return {
    address: addressKey(email),
    name: name ?? null,
    data: data === undefined || data === null ? null : jsonText(data),
    locale: locale === undefined || locale === null ? null : canonicalLocale(locale),
    metadata: metadata ? metadataText(metadata, limits) : null,
    replyTo: replyTo ? listText(readMailboxes(replyTo, 'replyTo')) : null,
  };
}

function mailboxOf({ to, email, name }: RecipientInput): Mailbox {
  const field = to === undefined ? 'email' : 'to';
  if (to !== undefined && email !== undefined)
    throw new MailError('invalid-input', 'to and email mean the same: give one of them.', 'email');
  const given = typeof to === 'object' ? to : { email: to ?? email ?? '' };
  const read = typeof to === 'string' ? readMailbox(to, field) : readMailbox(given, field);
  if (name !== undefined && name !== null && typeof name !== 'string')
    throw new MailError('invalid-input', 'name must be text.', 'name');
  return name ? readMailbox({ email: read.email, name }, field) : read;
}

function objectOf(data: unknown, field: string): Record<string, unknown> {
  if (data === undefined || data === null) return {};
  if (typeof data === 'object' && !Array.isArray(data)) return data as Record<string, unknown>;
  throw new MailError('invalid-data', `${field} must be an object.`, field);
}

function jsonText(data: Record<string, unknown>): string {
  const text = JSON.stringify(data);
  if (text.length > mostOfOne)
    throw new MailError('too-large', `data is larger than ${mostOfOne / 1024} kB.`, 'data');
  return text;
}

function metadataText(metadata: Record<string, string>, limits: Limits): string {
  const pairs = { ...objectOf(metadata, 'metadata') };
  for (const [name, value] of Object.entries(pairs)) {
    const { error } = lineSchema.allow('').validate(value, { convert: false });
    if (error)
      throw new MailError('invalid-input', `metadata.${name} must be a line of text.`, `metadata.${name}`);
  }
  checkMetadata(pairs as Record<string, string>, limits);
  return JSON.stringify(pairs);
}

function listText(mailboxes: readonly Mailbox[]): string | null {
  return mailboxes.length > 0 ? JSON.stringify(mailboxes) : null;
}

function unknownField(name: string): MailError {
  const meant = nearestName(name, fields);
  const text = `A recipient has no field ${name}${meant ? `: did you mean ${meant}?` : '.'}`;
  return new MailError('invalid-input', text, name);
}
