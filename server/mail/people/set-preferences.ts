import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { topicIn } from '../topics/topics.ts';

import type { PreferenceChange, PreferenceOptions, PreferencesSet } from './consent-api.ts';
import type { ConsentKeeping, Recording } from './consent-keeping.ts';
import { fixedOf } from './lift.ts';
import { preferenceOf, refusalsOf, stoppingTopic } from './preferences.ts';
import { recordStatement } from './statements.ts';
import type { Suppression } from './suppressions-store.ts';

/** What is wanted of whom, and who says so. */
interface Wish {
  address: string;
  change: PreferenceChange;
  options: PreferenceOptions;
}

type Changed = PreferencesSet['changed'];

/**
 * See `Consents.setPreferences`; the address is a key. What is taken back and what is refused is one change: a crash between them
 * would have mail sent to somebody who has just refused it.
 */
export async function setPreferences(
  context: MailContext,
  keeping: ConsentKeeping,
  wish: Wish,
): Promise<PreferencesSet> {
  const { suppressions, records, once } = keeping;
  const topics = await context.topicRegister.all();
  for (const key of wantedTopics(wish)) topicIn(topics, key);
  const before = await (await records(wish.options)).suppressed(wish.address);
  // Before the transaction: nothing is locked while a provider takes its time.
  const lifts = await askToTakeBack(context, keeping, wish, before);
  const { address, change, options } = wish;
  const request = { address, change };
  const { done, refused } = await once(
    { scope: 'consent.preferences', request, options },
    async recording => {
      const refused = await takeBack(recording, lifts);
      const done = [
        ...(await setTopics(context, recording, wish, before)),
        ...(await setWide(context, suppressions, recording, wish, before)),
      ];
      const entry = { subject: `consent:preferences:${address}`, after: done, at: context.now() };
      if (done.length > 0) await recording.audit({ action: 'consent.record', ...entry });
      return { done, refused };
    },
  );
  const after = await (await records(wish.options)).suppressed(wish.address);
  return { changed: done, stays: staying(context, wish, after, new Map(refused)) };
}

function wantedTopics({ change }: Wish): string[] {
  return Object.entries(change.topics ?? {}).flatMap(([key, wanted]) => (wanted ? [key] : []));
}

/** What is to be lifted at a place, or why that is refused. */
type Lift = [place: string, lift: ((recording: Recording) => Promise<void>) | string];

/** Asks the provider for the end of what the same source asked for, and of what the person told the provider. */
async function askToTakeBack(
  context: MailContext,
  { lifting }: ConsentKeeping,
  wish: Wish,
  active: readonly Suppression[],
): Promise<Lift[]> {
  const { address, options } = wish;
  const source = sourceOf(options);
  const places = new Map(
    againstWish(context, wish, active)
      .filter(one => isTheirs(one, source, active))
      .map(one => [placeKey(one), one]),
  );
  const lifts: Lift[] = [];
  for (const [key, { scope, stream, topic }] of places) {
    const place = { address, scope, source, ...(stream && { stream }), ...(topic && { topic }) };
    const ask = () => lifting(place, noteOf(options), changeOf(options));
    lifts.push([key, await ask().catch(whyRefused)]);
  }
  return lifts;
}

/** Lifts what can be. Returns by place why the others could not. */
async function takeBack(recording: Recording, lifts: readonly Lift[]): Promise<[string, string][]> {
  const refused: [string, string][] = [];
  for (const [key, lift] of lifts) {
    const why = typeof lift === 'string' ? lift : await lift(recording).catch(whyRefused);
    if (why) refused.push([key, why]);
  }
  return refused;
}

function whyRefused(error: unknown): string {
  if (error instanceof MailError && error.code === 'wrong-state') return error.message;
  throw error;
}

/** What stands against what is wanted, and could be taken back. A topic that still has to be confirmed takes nothing back. */
function againstWish(context: MailContext, wish: Wish, active: readonly Suppression[]): Suppression[] {
  const { allBulk, nonEssential } = wish.change;
  const wanted = wantedTopics(wish);
  return [
    ...wanted.flatMap(key => refusalsOf(context, key, active)),
    ...active.filter(
      ({ scope }) =>
        (allBulk === false && scope === 'bulk') || (nonEssential === false && scope === 'non-essential'),
    ),
  ];
}

/** At the provider the person can end an unsubscription of theirs, where nothing else stands with it. */
function isTheirs(one: Suppression, source: string, active: readonly Suppression[]): boolean {
  if (one.source === source) return true;
  if (one.source !== 'provider' || source !== 'person') return false;
  const there = active.filter(other => placeKey(other) === placeKey(one) && other.source === 'provider');
  return there.every(other => other.class === 'unsubscribe');
}

async function setTopics(
  context: MailContext,
  recording: Recording,
  { address, change, options }: Wish,
  before: readonly Suppression[],
): Promise<Changed> {
  const topics = await context.topicRegister.all();
  const { records } = recording;
  const [after, pending] = [await records.suppressed(address), await records.pending(address, context.now())];
  const changed: Changed = [];
  // In one order, so that two at once do not wait for each other.
  for (const [key, granted] of Object.entries(change.topics ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const consent = await records.locked(key, address);
    const topic = topics.get(key);
    const consents = consent ? [consent] : [];
    const isSo = (suppressed: readonly Suppression[]) =>
      topic !== undefined &&
      preferenceOf(context, topic, { consents, suppressed, pending }, null).subscribed === granted;
    // An unsubscription is kept also of a topic that something else keeps from them: that may be lifted.
    if (granted ? isSo(after) : consent?.granted === false && !pending.has(key)) {
      if (!isSo(before)) changed.push({ scope: 'topic', topic: key, granted, pending: false });
      continue;
    }
    const said = await recordStatement(context, recording, {
      ...{ topic: key, address, granted, source: sourceOf(options), ...detailsOf(options) },
      at: null,
    });
    changed.push({ scope: 'topic', topic: key, granted, pending: said === 'pending' });
  }
  return changed;
}

const wide = [
  ['allBulk', 'bulk'],
  ['nonEssential', 'non-essential'],
] as const;

/** Refuses all bulk, or all that is not essential; what was taken back is in the history as well. */
async function setWide(
  context: MailContext,
  suppressions: ConsentKeeping['suppressions'],
  { records, trx }: Recording,
  { address, change, options }: Wish,
  before: readonly Suppression[],
): Promise<Changed> {
  const source = sourceOf(options);
  const changed: Changed = [];
  for (const [name, scope] of wide) {
    const refuses = change[name];
    if (refuses === undefined) continue;
    const entry = { address, scope, source, note: noteOf(options) };
    const refused = before.some(one => one.scope === scope && one.source === source);
    const isRefused = (await records.suppressed(address)).some(
      one => one.scope === scope && one.source === source,
    );
    if (refuses ? !(await suppressions.add(entry, { ...changeOf(options), trx })) : !refused || isRefused)
      continue;
    const { evidence, wording, locale, by } = detailsOf(options);
    const at = context.now();
    await records.append({
      ...{ address, scope, topic: '', granted: !refuses, pending: false, source, evidence, wording, locale },
      ...{ saidAt: at, recordedAt: at, recordedBy: by },
    });
    changed.push({ scope, topic: null, granted: !refuses, pending: false });
  }
  return changed;
}

function staying(
  context: MailContext,
  wish: Wish,
  active: readonly Suppression[],
  refused: ReadonlyMap<string, string>,
): PreferencesSet['stays'] {
  const { change, options } = wish;
  const stopping = new Set([
    ...wantedTopics(wish).flatMap(key => stoppingTopic(context, key, active)),
    ...active.filter(
      ({ scope }) =>
        (change.allBulk === false && (scope === 'bulk' || scope === 'everything')) ||
        (change.nonEssential === false && (scope === 'non-essential' || scope === 'everything')),
    ),
  ]);
  return [...stopping].map(suppression => ({
    suppression,
    why:
      refused.get(placeKey(suppression)) ??
      fixedOf(context.providers, suppression, sourceOf(options)) ??
      'Nothing was asked that would end it.',
  }));
}

function placeKey({ scope, stream, topic }: Pick<Suppression, 'scope' | 'stream' | 'topic'>): string {
  return [scope, stream, topic].join('\n');
}

function sourceOf({ source = 'person' }: PreferenceOptions): 'person' | 'operator' | 'host' {
  return source;
}

function noteOf({ evidence }: PreferenceOptions): string {
  return evidence ?? 'Preferences';
}

function changeOf({ by, trx }: PreferenceOptions): Pick<PreferenceOptions, 'by' | 'trx'> {
  return { by, trx };
}

function detailsOf({ evidence, wording, locale, confirmed, by }: PreferenceOptions) {
  return {
    ...{ evidence: evidence ?? null, wording: wording ?? null, locale: locale ?? null },
    ...{ confirmed: confirmed ?? false, by: by ?? null },
  };
}
