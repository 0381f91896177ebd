import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { withoutSecretLinks } from '../messages/confidentiality.ts';
import { findMessages } from '../messages/search-store.ts';
import { mailKindOf } from '../routing/mail-kind.ts';
import { chooseRoute } from '../routing/policy.ts';
import { decideOn } from '../sending/eligibility.ts';
import { addressKey } from '../shared/address.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { addressSchema, idSchema, limitSchema } from '../shared/schemas.ts';
import type { Topics } from '../topics/register.ts';
import type { Consent } from './consent-records.ts';
import { consentKey, listConsents } from './consent-store.ts';
import { fixedOf } from './lift.ts';
import { eventsAbout, eventsNamed, happenedTo } from './person-store.ts';
import {
  latestOf,
  type MailAnswer,
  type People,
  type PersonEvents,
  type PersonPage,
  type PersonView,
  qualityOf,
  type Refusal,
  softBouncesIn,
} from './person-view.ts';
import { rankOf } from './suppression.ts';
import { type Suppression, suppressionsOf } from './suppressions-store.ts';

const latest = 10;
const address = addressSchema.required();
const pageFields = { cursor: idSchema.optional(), limit: limitSchema };

const rules: Rules<People> = {
  get: [argument('address', address)],
  messages: [
    argument('address', address),
    argument('page', Joi.object({ ...pageFields, after: idSchema.optional() })),
  ],
  events: [
    argument('address', address),
    argument('page', Joi.object({ ...pageFields, cursor: Joi.string().pattern(/^\d{1,20}$/) })),
  ],
};

/** See {@link People}. */
export function createPeople(context: MailContext): People {
  const { db } = context;
  const people: People = {
    get: given => personOf(context, addressKey(given)),
    messages: (given, page = {}) => findMessages(db, { ...page, recipient: addressKey(given) }),
    events: (given, page = {}) => eventsOfPerson(context, addressKey(given), page),
  };
  return withCheckedInput(people, rules);
}

async function personOf(context: MailContext, address: string): Promise<PersonView> {
  const { db, now } = context;
  const [suppressions, consents, happened, messages, events] = await Promise.all([
    suppressionsOf(db, address, now()),
    listConsents(db, address),
    happenedTo(db, address),
    findMessages(db, { recipient: address, limit: latest }),
    eventsOfPerson(context, address, { limit: latest }),
  ]);
  const active = suppressions.filter(one => one.active).sort((a, b) => rankOf(a) - rankOf(b));
  const sources = [suppressions, consents, messages.messages, events.events];
  const engaged = latestOf(happened, ['opened', 'clicked']);
  return {
    address,
    known: sources.some(({ length }) => length > 0),
    quality: qualityOf(active, happened),
    softBounces: softBouncesIn(happened),
    lastDelivery: latestOf(happened, ['delivered']),
    lastEngagement: engaged && { ...engaged, kind: engaged.kind === 'clicked' ? 'clicked' : 'opened' },
    mail: answersFor(context, address, active, consents, await context.topicRegister.all()),
    refused: await withEvidence(context, active),
    ended: suppressions
      .filter(one => !one.active)
      .sort((a, b) => b.changedAt.getTime() - a.changedAt.getTime()),
    consents,
    messages,
    events,
  };
}

function answersFor(
  context: MailContext,
  address: string,
  active: readonly Suppression[],
  consents: readonly Consent[],
  topics: Topics,
): MailAnswer[] {
  const granted = new Map(consents.map(one => [consentKey(one), one.granted]));
  return Object.keys(context.policy.categories).map(category => {
    const { stream } = chooseRoute(context.policy, category, address);
    const kind = mailKindOf(context, { category, stream, topic: null });
    const { topic, essential } = kind;
    return {
      ...{ category, topic, essential },
      ...decideOn(context, kind, {
        ...{ suppressions: active, expiresAt: null, topics },
        granted: granted.get(consentKey({ topic: topic ?? '', address })) ?? null,
      }),
    };
  });
}

async function withEvidence(
  { db, providers }: MailContext,
  active: readonly Suppression[],
): Promise<Refusal[]> {
  const events = await eventsNamed(
    db,
    active.flatMap(({ eventId }) => eventId ?? []),
  );
  return active.map(suppression => ({
    suppression,
    event: events.get(suppression.eventId ?? '') ?? null,
    fixed: fixedOf(providers, suppression, 'operator'),
  }));
}

async function eventsOfPerson(
  context: MailContext,
  address: string,
  { cursor, limit = 50 }: PersonPage,
): Promise<PersonEvents> {
  const wanted = Math.min(limit, 500);
  const found = await eventsAbout(context.db, address, { cursor, limit: wanted + 1 });
  const events = await withoutSecretLinks(context, found.slice(0, wanted));
  return { events, cursor: found.length > wanted ? (events.at(-1)?.id ?? null) : null };
}
