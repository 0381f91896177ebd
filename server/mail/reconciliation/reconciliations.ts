import type { MailContext } from '../context.ts';
import { listReconciliations, type Reconciliation, type Repair, repairsOf } from './reconciliations-store.ts';

/** How many repairs of a stream are listed; the numbers tell of all. */
const shownRepairs = 200;

/** One night, stream by stream, with what it brought in. */
export type Night = (Reconciliation & { repairs: Repair[] })[];

/** The nights in which our books were compared with the provider's. */
export function createReconciliations({ db }: MailContext) {
  return {
    /** Latest first; `before` (a day) continues a page. */
    list: (page: { before?: string } = {}) => listReconciliations(db, page),
    /** One night with its repairs, the first 200 of each stream; empty when there was none. */
    async night(day: string): Promise<Night> {
      const streams = await listReconciliations(db, { day });
      return Promise.all(
        streams.map(async stream => ({ ...stream, repairs: await repairsOf(db, stream, shownRepairs) })),
      );
    },
  };
}
