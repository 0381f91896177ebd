import type { MailboxInput } from '../shared/address.ts';
import type { TemplateInput, Topic } from '../templates/index.ts';

/** A file to attach; content as bytes or base64. */
export interface AttachmentInput {
  name: string;
  content: Buffer | Uint8Array | string;
  contentType?: string | undefined;
  /** Makes it inline: refer to it as `cid:<contentId>`. */
  contentId?: string | undefined;
}

/** What a feature of the host says when it wants a message sent: a template with its data, or mail that it composed. */
export type SendInput = TemplateSend | ComposedSend;

/** Mail by a template. */
export type TemplateSend = TemplateInput & NotComposed & SendFields;

/** Mail that a feature or a person composed, without a template. */
export interface ComposedSend extends ComposedInput, SendFields {}

/** What composed mail says. */
export interface ComposedInput {
  /** A category of the routing policy: it decides stream, route, sender and consent. */
  category: string;
  /** One line. */
  subject: string;
  /** A whole document; with a layout, what goes into it. One of `html` and `text` has to be there. */
  html?: string | undefined;
  /** Made from the HTML when absent. */
  text?: string | undefined;
  /** Key of a published layout to put it into. */
  layout?: string | undefined;
  /**
   * False takes links and pictures whose addresses are not whole, such as `/orders`, as they are; by default they are
   * refused. Links that run scripts always are.
   */
  checkLinks?: boolean | undefined;
  template?: undefined;
  data?: undefined;
}

type NotComposed = { [Field in Exclude<keyof ComposedInput, 'template' | 'data'>]?: undefined };

/** What a {@link SendInput} has beside what it says. */
export interface SendFields {
  /** The first is the recipient; further ones are its copies. */
  to: MailboxInput | readonly MailboxInput[];
  cc?: MailboxInput | readonly MailboxInput[] | undefined;
  bcc?: MailboxInput | readonly MailboxInput[] | undefined;
  replyTo?: MailboxInput | readonly MailboxInput[] | undefined;
  /** Same key and request: the first answer again. Same key, another request: `idempotency-conflict`. */
  idempotencyKey?: string | undefined;
  metadata?: Record<string, string> | undefined;
  tag?: string | undefined;
  headers?: Record<string, string> | undefined;
  attachments?: readonly AttachmentInput[] | undefined;
  /** BCP 47, such as `nl-BE`. */
  locale?: string | undefined;
  /** What its recipient may have said no to; for categories that ask for consent. */
  topic?: Topic | undefined;
  /** Nobody but its recipient may read what it says: pages and `messages.preview` refuse to show it. */
  confidential?: boolean | undefined;
  /** Not before this moment. */
  sendAt?: Date | string | undefined;
  /** Not after this moment; a message still waiting then has failed as expired. */
  expiresAt?: Date | string | undefined;
  /** Another stream than the routing policy's. */
  stream?: string | undefined;
  /** A brand of the configuration; without it the default one. */
  brand?: string | undefined;
}
