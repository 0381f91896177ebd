import Joi from 'joi';
import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { growingEntry } from '../shared/growing-entry.ts';
import { checkInput } from '../shared/input.ts';
import { inTurns, reject } from '../shared/long-list.ts';
import { inTransaction } from '../shared/transaction.ts';
import type { ImportedSuppression, SuppressionImport, SuppressionImportOptions } from './api.ts';
import { openListsFor } from './offers.ts';
import { reachesOf } from './reach.ts';
import {
  isExpired,
  type SuppressionClass,
  type SuppressionPlace,
  suppressionClasses,
} from './suppression.ts';
import {
  enterSuppression,
  manualReason,
  type OwnEntry,
  recordSuppressionChanges,
} from './suppression-changes-store.ts';
import { insertSuppressions, type KnownRow, rowsOf } from './suppression-import-store.ts';
import { entryFields, expiryOf, ownEntryOf } from './suppression-input.ts';

// What a page takes to prepare and to read fits into one turn of the event loop.
const pageSize = 100;
const schema = Joi.object({ ...entryFields, reported: Joi.valid(...suppressionClasses) }).required();

/** An entry that has been read, and what else is kept of it. */
interface Entry {
  own: OwnEntry;
  note: string;
  expiresAt: Date | null;
  reported: SuppressionClass | null;
}

/** See `Suppressions.import`. */
export async function importSuppressions(
  context: MailContext,
  list: Iterable<ImportedSuppression> | AsyncIterable<ImportedSuppression>,
  { by, checkOnly = false, ...bounds }: SuppressionImportOptions = {},
): Promise<SuppressionImport> {
  const result: SuppressionImport = { added: 0, known: 0, rejected: 0, faults: [] };
  const subject = 'suppressions';
  const entry = growingEntry(by && !checkOnly ? { by } : {}, {
    ...{ action: 'suppression.import', subject, now: context.now },
  });
  const flush = async (page: readonly Entry[]) => {
    if (page.length === 0) return;
    const added = await storePage(context, page, { by: by ?? null, checkOnly }, async (trx, now) =>
      entry.save(trx, {
        ...counted(result),
        added: result.added + now,
        known: result.known + page.length - now,
      }),
    );
    result.added += added;
    result.known += page.length - added;
  };
  let page: Entry[] = [];
  let index = 0;
  for await (const given of inTurns(list, bounds, result)) {
    const read = readEntry(context, given);
    if (read instanceof MailError) reject(result, index, read);
    else page.push(read);
    index += 1;
    if (page.length < pageSize) continue;
    await flush(page);
    page = [];
  }
  await flush(page);
  return result;
}

function counted({ added, known, rejected }: SuppressionImport) {
  return { added, known, rejected };
}

function readEntry({ now, providers }: MailContext, given: ImportedSuppression): Entry | MailError {
  try {
    const { note, expiresAt, reported, ...target } = checkInput<ImportedSuppression>(schema, given, 'entry');
    const own = ownEntryOf(target, { mailed: true });
    if (own.scope === 'stream' && providers.servers.length > 0 && !providers.listing(own.stream))
      return new MailError('invalid-input', `There is no stream ${own.stream}.`, 'stream');
    return { own, note, expiresAt: expiryOf(expiresAt, now()), reported: reported ?? null };
  } catch (error) {
    if (error instanceof MailError) return error;
    throw error;
  }
}

/** Enters a page in a transaction of its own; returns how many were new. */
async function storePage(
  context: MailContext,
  page: readonly Entry[],
  { by, checkOnly }: { by: string | null; checkOnly: boolean },
  save: (trx: Trx, added: number) => Promise<void>,
): Promise<number> {
  const unique = [...new Map(page.map(one => [keyOf(one.own), one])).values()];
  return inTransaction(context.db, async trx => {
    const at = context.now();
    const there = await rowsOf(trx, [...new Set(unique.map(({ own }) => own.address))]);
    const unknown = unique.filter(
      one => !(there.get(placeOf(one.own)) ?? []).some(row => isKnown(row, one, at)),
    );
    if (checkOnly) return unknown.length;
    const details = await detailsOf(context, trx, unknown, { by, at });
    const isThere = ({ own }: Entry) =>
      (there.get(placeOf(own)) ?? []).some(row => row.source === own.source && row.class === own.class);
    const fresh = details.filter(([one]) => !isThere(one));
    // Fewer when somebody entered one of them meanwhile: that one came first, and stands.
    await insertSuppressions(trx, fresh);
    for (const [one, kept] of details) if (isThere(one)) await enterSuppression(trx, one.own, kept);
    await recordSuppressionChanges(
      trx,
      unknown.map(({ own, note, expiresAt }) => ({
        ...{ ...own, active: true, reason: manualReason, eventId: null, note, expiresAt },
        ...{ changedBy: by, datedAt: null, recordedAt: at },
      })),
    );
    await save(trx, unknown.length);
    return unknown.length;
  });
}

function isKnown(row: KnownRow, { own, expiresAt, reported }: Entry, at: Date): boolean {
  if (!row.active || isExpired(row, at)) return false;
  if (row.source === 'provider' || row.source === 'rule') return row.class === reported;
  const lastsAsLong = row.expiresAt === null || (expiresAt !== null && row.expiresAt >= expiresAt);
  return row.source === own.source && row.class === own.class && lastsAsLong;
}

async function detailsOf(
  context: MailContext,
  trx: Trx,
  entries: readonly Entry[],
  { by, at }: { by: string | null; at: Date },
) {
  const onStreams = entries.filter(({ own }) => own.scope === 'stream').map(({ own }) => own);
  const reaches = await reachesOf(context, trx, onStreams);
  return entries.map(one => {
    const { own, note, expiresAt } = one;
    const offer = expiresAt === null && openListsFor(context, own).length > 0 ? 'due' : null;
    const reach = own.scope === 'stream' ? (reaches.get(keyOf(own)) ?? null) : null;
    return [one, { note, by, at, offer, expiresAt, reaches: reach }] as const;
  });
}

function placeOf({ address, scope, stream, topic }: SuppressionPlace): string {
  return [address, scope, stream, topic].join('\n');
}

function keyOf(own: OwnEntry): string {
  return `${placeOf(own)}\n${own.source}`;
}
