import { bulkCategoryNames, mailKindOf, type Routing } from '../routing/mail-kind.ts';
import { findCategory } from '../routing/policy.ts';
import type { Topics } from '../topics/register.ts';
import { isOpen, type RegisteredTopic, stricter, wordsFor } from '../topics/topic.ts';
import type { Preferences, TopicPreference } from './consent-api.ts';
import type { Consent } from './consent-records.ts';
import { type MailKind, stops, strongest } from './suppression.ts';
import type { Suppression } from './suppressions-store.ts';

/** What it is decided with. */
type Deciding = Routing & { now: () => Date };

/** What is known of an address. */
export interface KnownOfAddress {
  consents: readonly Consent[];
  /** The active ones. */
  suppressed: readonly Suppression[];
  pending: ReadonlySet<string>;
}

/** What an address wants, as the preference page shows it; `also` names topics that are not on it. */
export function preferencesOf(
  routing: Deciding,
  topics: Topics,
  known: KnownOfAddress,
  { locale, also }: { locale: string | null; also: readonly string[] },
): Preferences {
  const wanted = [...topics.values()].filter(one => isOpen(one) && (one.shown || also.includes(one.key)));
  const refuses = (scope: Suppression['scope']) =>
    known.suppressed.some(one => one.scope === scope && one.source === 'person');
  return {
    topics: wanted.map(topic => preferenceOf(routing, topic, known, locale)),
    allBulk: refuses('bulk'),
    nonEssential: refuses('non-essential'),
  };
}

/** What an address said about one topic. */
export function preferenceOf(
  routing: Deciding,
  topic: RegisteredTopic,
  known: KnownOfAddress,
  locale: string | null,
): TopicPreference {
  const consent = known.consents.find(one => one.topic === topic.key) ?? null;
  const against = strongest(refusalsOf(routing, topic.key, known.suppressed));
  const asksFor = consentOf(routing, topic);
  const agreed = asksFor === 'opt-in' ? consent?.granted === true : consent?.granted !== false;
  const reason = against && consent?.granted !== false ? against : consent;
  return {
    key: topic.key,
    ...wordsFor(topic, locale),
    subscribed: agreed && against === null,
    since: reason?.changedAt ?? null,
    source: reason?.source ?? null,
    pending: known.pending.has(topic.key),
  };
}

/** What was said against a topic itself: not the wider refusals, nor that its mail bounces. */
export function refusalsOf(
  routing: Deciding,
  topic: string,
  suppressed: readonly Suppression[],
): Suppression[] {
  return stoppingTopic(routing, topic, suppressed).filter(
    ({ scope, class: kind }) => (scope === 'topic' || scope === 'stream') && kind !== 'bounce',
  );
}

/** All that stops the bulk mail of a topic, by whatever category it is sent. */
export function stoppingTopic(
  routing: Deciding,
  topic: string,
  suppressed: readonly Suppression[],
): Suppression[] {
  const kinds = kindsOf(routing, topic);
  return suppressed.filter(one => kinds.every(kind => stops(one, kind, routing.now())));
}

function kindsOf(routing: Routing, topic: string): MailKind[] {
  const categories = categoriesOf(routing, topic);
  const bulk = { category: topic, stream: '', topic, bulk: true, essential: false, streams: [] };
  if (categories.length === 0) return [bulk];
  return categories.map(category => mailKindOf(routing, { category, topic, stream: '' }));
}

/** What the mail of a topic asks for: the stricter of what was decided for it and what its categories ask for. */
function consentOf(routing: Routing, { key, consent }: RegisteredTopic): 'none' | 'opt-out' | 'opt-in' {
  return categoriesOf(routing, key)
    .map(category => findCategory(routing.policy, category)?.consent ?? 'none')
    .reduce(stricter, consent);
}

/** The category of its own name, else any that may carry it. */
function categoriesOf(routing: Routing, topic: string): string[] {
  const bulk = bulkCategoryNames(routing);
  return bulk.includes(topic) ? [topic] : bulk;
}
