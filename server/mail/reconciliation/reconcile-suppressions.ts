import { isFaultOfRow } from '../../../db/error-codes.ts';
import type { MailContext } from '../context.ts';
import { type Received, receive } from '../events/receive.ts';
import { readKnownTo } from '../people/standing-store.ts';
import { classOf } from '../people/suppression.ts';
import { reportedOn, type Suppression, suppressionsAt } from '../people/suppressions-store.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { ListedSuppression, ProviderLists } from '../providers/provider.ts';
import { addressKey } from '../shared/address.ts';
import { type Differences, noDifferences } from './reconciliations-store.ts';

/** A provider's lists, and the key its facts go by. */
export interface Source {
  provider: string;
  lists: ProviderLists;
  /** Why nothing may be lifted by these lists; null when it may. */
  liftsNothing: string | null;
}

/** The provider's list runs behind its webhooks, and they behind the fact: what is younger waits for the next run. */
const unsettledMs = 2 * 3_600_000;

/** A night that would lift more than this has another cause than mailboxes that work again. */
const mostLifted = 20;
const mostLiftedShare = 0.05;

/**
 * The provider's list adds whom it does not mail. What is missing in it lifts nothing that a person asked for, and nothing
 * of ours: only bounces, and only a few.
 */
export async function reconcileSuppressions(
  context: MailContext,
  source: Source,
  stream: string,
  at: Date,
): Promise<Differences & { problem: string | null }> {
  const found = noDifferences();
  const listed = await source.lists.suppressions(stream);
  const readable = listed.filter(({ address }) => address !== '');
  const byAddress = new Map(readable.map(one => [addressKey(one.address), one]));
  const missing = new Map(byAddress);
  const settledBy = new Date(at.getTime() - unsettledMs);
  const unlisted: string[] = [];
  let reported = 0;

  found.seen = listed.length;
  found.unreadable = listed.length - readable.length;
  for await (const one of reportedOn(context.db, stream)) {
    reported += 1;
    const entry = byAddress.get(one.address);
    // What it is listed for may be something stronger than what we know of.
    if (entry && classOf(entry) === one.class) missing.delete(one.address);
    if (!entry && isOver(one, settledBy)) unlisted.push(one.address);
  }
  const { unreadable } = found;
  const counts = { listed: listed.length, unlisted: unlisted.length, reported, unreadable };
  const problem = unlisted.length === 0 ? null : whyNotLifted(source, counts);
  if (problem === null) await liftUnlisted(context, source, stream, unlisted, at, found);
  for (const one of missing.values()) await add(context, source, stream, one, { at, settledBy, found });
  return { ...found, problem };
}

function isOver({ class: kind, recordedAt }: Suppression, settledBy: Date): boolean {
  return kind === 'bounce' && recordedAt < settledBy;
}

interface Counts {
  listed: number;
  unlisted: number;
  reported: number;
  unreadable: number;
}

/** Why those that a list lacks are not lifted; null when they may be. */
function whyNotLifted(
  { liftsNothing }: Source,
  { listed, unlisted, reported, unreadable }: Counts,
): string | null {
  const nothing = `Nothing was lifted, though the provider's list lacks ${unlisted} of ${reported} suppressions.`;
  if (liftsNothing !== null) return `${nothing} ${liftsNothing}`;
  if (unreadable > 0) return `${nothing} It may hold them in the rows that cannot be read.`;
  const isShare = unlisted > mostLifted && unlisted > reported * mostLiftedShare;
  const isAll = listed === 0 && unlisted > 1;
  if (!isShare && !isAll) return null;
  return `${nothing} ${isAll ? 'The list is empty.' : 'So many at once do not come back by themselves.'} Look at the provider, and lift those that are right by hand.`;
}

async function liftUnlisted(
  context: MailContext,
  { provider, lists }: Source,
  stream: string,
  addresses: readonly string[],
  at: Date,
  found: Differences,
): Promise<void> {
  for (const address of addresses) {
    const result = await receiveListed(
      context,
      provider,
      seen(lists.reactivation(stream, address, at)),
      found,
    );
    if (result === 'stored') found.repaired += 1;
  }
}

/** What is there, or not there, now: the provider gave it no date, or an older one than we know of. */
function seen(event: ProviderEvent): ProviderEvent {
  return { ...event, suppresses: event.suppresses && { ...event.suppresses, seen: true } };
}

/** One that we do not have, or believed to be lifted since: it is still listed, so the provider has the last word. */
async function add(
  context: MailContext,
  { provider, lists }: Source,
  stream: string,
  listed: ListedSuppression,
  { at, settledBy, found }: { at: Date; settledBy: Date; found: Differences },
): Promise<void> {
  const address = addressKey(listed.address);
  const knownTo = await readKnownTo(context.db, { address, stream });
  const isOverruled = knownTo !== null && knownTo >= listed.since;
  if (isOverruled && (await changedSince(context, { address, stream }, settledBy))) return;
  const event = lists.suppression(stream, listed, isOverruled ? at : listed.since);
  if (!event) {
    found.unreadable += 1;
    return;
  }
  const result = await receiveListed(context, provider, isOverruled ? seen(event) : event, found);
  if (result === 'stored') found.repaired += 1;
}

async function changedSince(
  { db, now }: MailContext,
  place: { address: string; stream: string },
  moment: Date,
): Promise<boolean> {
  const all = await suppressionsAt(db, { ...place, scope: 'stream', topic: '' }, now());
  return all.some(({ source, recordedAt }) => source === 'provider' && recordedAt >= moment);
}

/** A fact from a list; one that cannot be stored is counted among the unreadable, and null is its result. */
export async function receiveListed(
  context: MailContext,
  provider: string,
  event: ProviderEvent,
  found: Differences,
): Promise<Received['result'] | null> {
  try {
    return (await receive(context, provider, event, 'reconciliation')).result;
  } catch (error) {
    if (!isFaultOfRow(error)) throw error;
    context.log.error({ err: error, provider, kind: event.kind }, 'a fact from a provider cannot be stored');
    found.unreadable += 1;
    return null;
  }
}
