import type { Db } from '../../../db/connect.ts';
import { trackedCandidates } from './tracked-store.ts';

/** GUIDs of an application, with braces or without; case does not count. */
export interface TrackedIds {
  /** A message's metadata `TrackingId`, or our own id of it. */
  trackingId: string;
  /** Its metadata `AccountUID`. */
  accountId: string;
}

/** Messages that both ids name; none once their metadata is purged. */
export interface TrackedMessages {
  /** At most 100. */
  messages: { id: string; recipient: string }[];
  /** True when so many have the tracking id that not all of them were looked at. */
  more: boolean;
}

/** What is looked at for one tracking id, which should name one message. */
const mostLookedAt = 100;

/** The names of metadata, in lower case. */
const [trackingName, accountName] = ['trackingid', 'accountuid'];

/** See {@link TrackedMessages}. */
export async function trackedMessages(db: Db, ids: TrackedIds): Promise<TrackedMessages> {
  const guid = guidOf(ids.trackingId) ?? ids.trackingId;
  const tracking = { id: guid, name: trackingName, values: spellingsOf(guid, ids.trackingId) };
  const { messages, more } = await trackedCandidates(db, tracking, mostLookedAt);
  const found = messages.filter(one => isTracked(one, ids));
  return { messages: found.map(({ id, recipient }) => ({ id, recipient })), more };
}

/** Whether both ids name this message. */
export function isTracked(
  message: { id: string; metadata: Readonly<Record<string, string>> },
  { trackingId, accountId }: TrackedIds,
): boolean {
  const has = (name: string, guid: string | null) =>
    Object.entries(message.metadata).some(
      ([key, value]) => key.toLowerCase() === name && guid !== null && guidOf(value) === guid,
    );
  const tracking = guidOf(trackingId);
  return (message.id === tracking || has(trackingName, tracking)) && has(accountName, guidOf(accountId));
}

/** A GUID in lower case and without braces; null for what is none. */
export function guidOf(text: string): string | null {
  const trimmed = text.trim().toLowerCase();
  const bare = trimmed.startsWith('{') && trimmed.endsWith('}') ? trimmed.slice(1, -1) : trimmed;
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(bare) ? bare : null;
}

// The index tells case apart, and a GUID is written in one case throughout.
function spellingsOf(guid: string, given: string): string[] {
  const cases = [guid, guid.toUpperCase(), given.trim().replace(/^\{|\}$/g, '')];
  return [...new Set(cases.flatMap(one => [one, `{${one}}`]))];
}
