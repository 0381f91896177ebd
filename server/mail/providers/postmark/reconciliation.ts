import { Errors, type Models, type ServerClient } from 'postmark';
import type { ProviderEvent } from '../event.ts';
import type { BouncePage, Lookup, ProviderLists } from '../provider.ts';
import { attemptKey, PlainError } from '../transport.ts';
import { attemptIdIn, readEvent } from './events.ts';
import { type Asking, once, patiently } from './patience.ts';
import { cannotLift, describeSuppression } from './words.ts';

/** Rows per page, and the furthest row Postmark lets a list be paged to. */
const pageSize = 500;
const furthestRow = 10_000;

/** Postmark's code for a message it does not have. */
const notFound = 701;

/** Postmark's lists and counts, read by its API; `patient` is for work that nobody waits for, with a deadline of its own. */
export function createPostmarkLists(clients: { hasty: ServerClient; patient: ServerClient }): ProviderLists {
  return listsBy(clients.hasty, once, patience => listsBy(clients.patient, patiently(patience)));
}

function listsBy(client: ServerClient, ask: Asking, patient?: ProviderLists['patient']): ProviderLists {
  return {
    ...(patient && { patient }),

    async streams({ archived = false } = {}) {
      const { MessageStreams } = await ask(() =>
        client.getMessageStreams({ includeArchivedStreams: archived }),
      );
      return listOf(MessageStreams, 'streams')
        .filter(stream => stream.MessageStreamType !== 'Inbound')
        .map(stream => stream.ID);
    },

    bounces: (stream, from, to) =>
      bouncesBetween({ client, ask, stream }, easternReading(from), easternReading(to)),

    async attemptOf(providerMessageId) {
      try {
        const { Metadata } = await ask(() => client.getOutboundMessageDetails(providerMessageId));
        return attemptIdIn(Metadata);
      } catch (error) {
        // Too old, or of another server.
        if (error instanceof Errors.PostmarkError && error.code === notFound) return null;
        throw error;
      }
    },

    // Its days are those of Eastern time, and what it counted nothing of it leaves out.
    async counts(stream, day) {
      const filter = { messageStream: stream, fromDate: day, toDate: day };
      const {
        Sent = 0,
        Bounced = 0,
        SpamComplaints = 0,
        SMTPApiErrors = 0,
      }: Partial<Models.OutboundStatistics> = await ask(() => client.getOutboundOverview(filter));
      return { sent: Sent, bounced: Bounced, complained: SpamComplaints, refused: SMTPApiErrors };
    },

    async suppressions(stream) {
      const { Suppressions } = await ask(() => client.getSuppressions(stream));
      return listOf<Partial<Models.Suppression> | null>(Suppressions, 'suppressions').map(row => ({
        // What is no address is nobody's, and is counted where it is read.
        address: typeof row?.EmailAddress === 'string' ? row.EmailAddress.trim() : '',
        reason: String(row?.SuppressionReason ?? ''),
        origin: String(row?.Origin ?? ''),
        since: new Date(row?.CreatedAt ?? Number.NaN),
      }));
    },

    suppression: (stream, { address, reason, origin }, at) =>
      orNull(() =>
        subscriptionChange(stream, address, at, {
          SuppressSending: true,
          SuppressionReason: reason,
          Origin: origin,
        }),
      ),

    async reactivate(stream, address) {
      const { Suppressions } = await client.deleteSuppressions(stream, {
        Suppressions: [{ EmailAddress: address }],
      });
      const [item] = Suppressions;
      // A refusal comes inside a 200.
      if (item?.Status === 'Deleted') return { done: true };
      return { done: false, answer: item?.Message ?? 'no reason given' };
    },

    async suppress(stream, address) {
      const { Suppressions } = await client.createSuppressions(stream, {
        Suppressions: [{ EmailAddress: address }],
      });
      const [item] = Suppressions;
      if (item?.Status === 'Suppressed') return { done: true };
      return { done: false, answer: item?.Message ?? 'no reason given' };
    },

    reactivation: (stream, address, at) =>
      subscriptionChange(stream, address, at, {
        SuppressSending: false,
        SuppressionReason: null,
        Origin: 'Customer',
      }),

    cannotLift,
    describeSuppression,
  };
}

/** Asks Postmark by the metadata that travelled with the mail. An absent stream would mean `outbound`. */
export function createPostmarkLookup(client: ServerClient): Lookup {
  return async ({ id, stream }) => {
    try {
      const { Messages } = await client.getOutboundMessages({
        count: 1,
        offset: 0,
        messageStream: stream,
        [`metadata_${attemptKey}`]: id,
      });
      const [found] = Messages;
      return found ? { kind: 'found', providerMessageId: found.MessageID } : { kind: 'absent' };
    } catch (error) {
      return { kind: 'unknown', answer: (error as Error).message };
    }
  };
}

/** Where bounces are read. */
interface BounceSource {
  client: ServerClient;
  ask: Asking;
  stream: string;
}

/**
 * By readings of Eastern clocks, see {@link easternReading}. Both ends fixed: the list is newest first, and without an
 * end new rows would shift its pages.
 */
async function* bouncesBetween(source: BounceSource, from: Date, to: Date): AsyncGenerator<BouncePage> {
  const { client, ask, stream } = source;
  for (let offset = 0; offset < furthestRow; offset += pageSize) {
    const { TotalCount, Bounces } = await ask(() =>
      client.getBounces({
        count: pageSize,
        offset,
        messageStream: stream,
        fromDate: readingText(from),
        toDate: readingText(to),
      }),
    );
    // More than can be paged: two halves. A second is the finest slice the dates can name.
    if (offset === 0 && TotalCount > furthestRow && to.getTime() - from.getTime() > 2000) {
      const middle = new Date((from.getTime() + to.getTime()) / 2);
      yield* bouncesBetween(source, from, middle);
      yield* bouncesBetween(source, middle, to);
      return;
    }
    const rows = listOf<Models.Bounce | null>(Bounces, 'bounces');
    const events = rows.flatMap(row => (row && orNull(() => bounceEvent(row, stream))) ?? []);
    yield { events, unreadable: rows.length - events.length };
    if (offset + pageSize >= TotalCount) return;
  }
}

/** A list of an answer. Throws where there is none: an error may come inside a 200. */
function listOf<Row>(rows: readonly Row[] | undefined, what: string): readonly Row[] {
  if (!Array.isArray(rows)) throw new PlainError(`Postmark answered without a list of ${what}.`);
  return rows;
}

/** Null for a row that is not what Postmark documents; such rows are counted. */
function orNull(read: () => ProviderEvent): ProviderEvent | null {
  try {
    const event = read();
    return event.faults ? null : event;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

// A row of the list is a webhook's body with other extras; both are read by the one table.
function bounceEvent(row: Models.Bounce, stream: string): ProviderEvent {
  const RecordType = row.Type === 'SpamComplaint' ? 'SpamComplaint' : 'Bounce';
  return readEvent(
    { ...row, RecordType, MessageStream: row.MessageStream ?? stream },
    new Date(row.BouncedAt),
  );
}

function subscriptionChange(stream: string, Recipient: string, at: Date, change: object): ProviderEvent {
  const ChangedAt = at.toISOString();
  return readEvent(
    { RecordType: 'SubscriptionChange', MessageStream: stream, Recipient, ChangedAt, ...change },
    at,
  );
}

const format = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'medium',
});

/**
 * What a clock in US Eastern time shows at a moment, held as if that were UTC. Readings can be compared and halved
 * without a gap, also in the hour that clocks show twice, in which a reading does not tell which of two moments it is.
 */
export function easternReading(moment: Date): Date {
  return new Date(`${format.format(moment).replace(' ', 'T')}Z`);
}

/** A reading as Postmark's filters want it: `YYYY-MM-DDTHH:MM:SS`. */
export function readingText(reading: Date): string {
  return reading.toISOString().slice(0, 19);
}
