import type { Models, ServerClient } from 'postmark';
import type { ProviderEvent } from '../event.ts';
import type { ProviderBooks } from '../provider-books.ts';
import { easternTime } from './eastern-time.ts';
import { readEvent } from './events.ts';

/** Rows per page, and the furthest row Postmark lets a list be paged to. */
const pageSize = 500;
const furthestRow = 10_000;

/** Postmark's books, read by its API. */
export function createPostmarkBooks(client: ServerClient): ProviderBooks {
  return {
    async streams() {
      const { MessageStreams } = await client.getMessageStreams();
      return MessageStreams.filter(stream => stream.MessageStreamType !== 'Inbound').map(stream => stream.ID);
    },

    bounces: (stream, from, to) => bouncesBetween(client, stream, from, to),

    async suppressions(stream) {
      const { Suppressions } = await client.getSuppressions(stream);
      return Suppressions.map(row =>
        subscriptionChange(stream, row.EmailAddress, new Date(row.CreatedAt), {
          SuppressSending: true,
          SuppressionReason: row.SuppressionReason,
          Origin: row.Origin,
        }),
      );
    },

    async reactivate(stream, address) {
      const { Suppressions } = await client.deleteSuppressions(stream, {
        Suppressions: [{ EmailAddress: address }],
      });
      const [item] = Suppressions;
      // A refusal comes inside a 200.
      if (item?.Status === 'Deleted') return { done: true };
      return { done: false, answer: item?.Message ?? 'no reason given' };
    },

    reactivation: (stream, address, at) =>
      subscriptionChange(stream, address, at, {
        SuppressSending: false,
        SuppressionReason: null,
        Origin: 'Customer',
      }),
  };
}

/** Both ends fixed: the list is newest first, and without an end new rows would shift its pages. */
async function* bouncesBetween(
  client: ServerClient,
  stream: string,
  from: Date,
  to: Date,
): AsyncGenerator<ProviderEvent> {
  for (let offset = 0; offset < furthestRow; offset += pageSize) {
    const { TotalCount, Bounces } = await client.getBounces({
      count: pageSize,
      offset,
      messageStream: stream,
      fromDate: easternTime(from),
      toDate: easternTime(to),
    });
    // More than can be paged: two halves. A second is the finest slice the dates can name.
    if (offset === 0 && TotalCount > furthestRow && to.getTime() - from.getTime() > 2000) {
      const middle = new Date((from.getTime() + to.getTime()) / 2);
      yield* bouncesBetween(client, stream, from, middle);
      yield* bouncesBetween(client, stream, middle, to);
      return;
    }
    for (const row of Bounces) yield bounceEvent(row, stream);
    if (offset + pageSize >= TotalCount) return;
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
