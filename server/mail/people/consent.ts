import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { readMailbox } from '../shared/address.ts';
import { changeOnce } from '../shared/change.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { timestampSchema } from '../shared/joi.ts';
import { addressSchema, changeSchema, noteSchema, topicSchema } from '../shared/schemas.ts';
import type { Consents } from './api.ts';
import { listConsents, recordConsent } from './consent-store.ts';
import { refuseUnknownTopic } from './topics.ts';

const statementSchema = Joi.object({
  topic: topicSchema.required(),
  address: addressSchema.required(),
  granted: Joi.boolean().strict().required(),
  evidence: noteSchema,
  at: timestampSchema,
}).required();

/** What its functions take. */
export const consentRules: Rules<Consents> = {
  record: [argument('statement', statementSchema), argument('options', changeSchema)],
  list: [argument('address', addressSchema.required())],
};

/** See {@link Consents}. */
export function createConsent(context: MailContext): Consents {
  const { db, now } = context;
  const consents: Consents = {
    async record({ topic, address, granted, evidence, at }, options = {}) {
      // A withdrawal counts whatever is listed: the list may have changed since people signed up.
      if (granted) refuseUnknownTopic(context, topic);
      const consent = {
        ...{ topic, granted, evidence: evidence ?? null },
        address: readMailbox(address, 'address').email,
        changedAt: at === undefined ? now() : new Date(at),
      };
      const request = { topic, address: consent.address, granted };
      await changeOnce(
        context,
        { scope: 'consent.record', request, options },
        trx => recordConsent(trx, consent),
        async () => undefined,
      );
    },
    list: address => listConsents(db, address),
  };
  return withCheckedInput(consents, consentRules);
}
