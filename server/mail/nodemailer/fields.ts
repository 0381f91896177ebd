import type { SendOptions } from '../sending/accept.ts';
import type { ComposedInput, SendFields } from '../sending/input.ts';

/** What a mail may say to Postlane, as its field `postlane`: `sendMail({ ..., ...postlaneFields({ trx }) })`. */
export interface PostlaneFields
  extends SendOptions,
    Pick<ComposedInput, 'layout'>,
    Pick<
      SendFields,
      | 'idempotencyKey'
      | 'metadata'
      | 'tag'
      | 'topic'
      | 'locale'
      | 'confidential'
      | 'sendAt'
      | 'expiresAt'
      | 'stream'
    > {
  /** In place of the transport's. */
  category?: string | undefined;
}

/** Fields for a mail, to be spread into it: `sendMail({ to, subject, html, ...postlaneFields({ trx }) })`. */
export function postlaneFields(fields: PostlaneFields): { postlane: PostlaneFields } {
  return { postlane: fields };
}
