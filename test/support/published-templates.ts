import { utc } from '../../server/mail/shared/time.ts';
import type { TestDb } from './database.ts';

/** What publishing writes, and the columns that tell when. */
const tables = {
  postlane_published_revision: [],
  postlane_template_sources: ['created_at'],
  postlane_template_source_versions: ['published_at'],
  postlane_template_versions: ['created_at'],
  postlane_audit_entries: ['at'],
} satisfies Record<string, string[]>;

/** Prefix of the copies of those tables, by the key of what was published. */
const kept = new Map<string, string>();

/**
 * Publishing the demo's templates takes seconds of a processor, and most tests begin with them: what the first publication
 * under a `key` wrote in this process is copied, and put back for every later one, as though it had been written at `now`.
 * Without a key every publication is made.
 */
export function publicationOf(db: TestDb, key: string | null) {
  return {
    /** Before the module starts, on emptied tables. False where nothing is kept: then it is to be published. */
    async putBack(now: Date): Promise<boolean> {
      const prefix = key === null ? undefined : kept.get(key);
      if (prefix === undefined) return false;
      await db.transaction(async trx => {
        for (const [table, times] of Object.entries(tables)) {
          await trx(table).delete();
          await trx.raw('INSERT INTO ?? SELECT * FROM ??', [table, prefix + table]);
          for (const time of times) await trx(table).update({ [time]: utc(now) });
        }
      });
      return true;
    },
    async keep(): Promise<void> {
      if (key === null || kept.has(key)) return;
      const prefix = `kept_${kept.size + 1}_`;
      for (const table of Object.keys(tables)) {
        await db.raw('CREATE TABLE ?? AS SELECT * FROM ??', [prefix + table, table]);
      }
      kept.set(key, prefix);
    },
  };
}
