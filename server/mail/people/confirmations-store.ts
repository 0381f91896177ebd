import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { columns, type Known, momentsAsText, type Selected } from '../../../db/columns.ts';
import type { ConsentConfirmationsRow } from '../../../db/rows.ts';
import { addMs, dayMs, fromUtc, hourMs, utc } from '../shared/time.ts';
import type { Asked, Confirmation, ConsentRecords, ConsentSource } from './consent-records.ts';

const stored = columns<Known<ConsentConfirmationsRow, { source: ConsentSource }>>()(
  'postlane_consent_confirmations',
  ['topic', 'address', 'linkId', 'source', 'evidence', 'wording', 'locale', 'expiresAt', 'confirmedAt'],
);
const moments = ['expiresAt', 'confirmedAt'] as const;

/** How long a link to confirm works. */
export const confirmationDays = 7;

/** Nobody gets more than one of these mails in this time for a topic, however often somebody asks for it. */
export const mailedEveryMs = hourMs;

/** The part of {@link ConsentRecords} about what waits for a confirmation. */
export function confirmationsIn(trx: Knex): Pick<ConsentRecords, 'ask' | 'pending' | 'settle' | 'byLink'> {
  return {
    ask: asked => ask(trx, asked),
    async pending(address, now) {
      const rows: { topic: string }[] = await trx('postlane_consent_confirmations')
        .select('topic')
        .where({ address, confirmed_at: null })
        .where('expires_at', '>', utc(now));
      return new Set(rows.map(({ topic }) => topic));
    },
    async settle({ topic, address, granted }, at) {
      await trx('postlane_consent_confirmations')
        .where({ topic, address, confirmed_at: null })
        .update(granted ? { confirmed_at: utc(at) } : { expires_at: utc(at) });
    },
    byLink: linkId => byLink(trx, linkId),
  };
}

/** The link stays the same as long as a topic is asked for, so that the mail that came first works as well as the last. */
async function ask(trx: Knex, asked: Asked): Promise<{ linkId: string; mayMail: boolean }> {
  const { topic, address, source, evidence, wording, locale, at } = asked;
  const said = { source, evidence, wording, locale, asked_at: utc(at) };
  const waits = { ...said, expires_at: utc(addMs(at, confirmationDays * dayMs)), confirmed_at: null };
  const linkId = randomBytes(15).toString('base64url');
  const row = { topic, address, link_id: linkId, mailed_at: utc(at), ...waits };
  const [inserted] = await trx.raw('INSERT IGNORE INTO postlane_consent_confirmations (??) VALUES (?)', [
    Object.keys(row),
    Object.values(row) as string[],
  ]);
  if (inserted.affectedRows === 1) return { linkId, mayMail: true };
  const there: { link_id: string; mailed: string } | undefined = await trx('postlane_consent_confirmations')
    .select('link_id', { mailed: trx.raw('CAST(mailed_at AS CHAR)') })
    .where({ topic, address })
    .forUpdate()
    .first();
  if (!there) throw new Error('A confirmation was there and is gone.');
  const mayMail = fromUtc(there.mailed) <= addMs(at, -mailedEveryMs);
  await trx('postlane_consent_confirmations')
    .where({ topic, address })
    .update({ ...waits, ...(mayMail && { mailed_at: utc(at) }) });
  return { linkId: there.link_id, mayMail };
}

async function byLink(trx: Knex, linkId: string): Promise<Confirmation | null> {
  const row:
    | (Omit<Selected<typeof stored>, (typeof moments)[number]> & {
        expiresAt: string;
        confirmedAt: string | null;
      })
    | undefined = await trx('postlane_consent_confirmations')
    .select({ ...stored.aliases, ...momentsAsText(trx, stored.aliases, moments) })
    .where({ link_id: linkId })
    .first();
  if (!row) return null;
  return { ...row, expiresAt: fromUtc(row.expiresAt), confirmedAt: fromUtc(row.confirmedAt) };
}
