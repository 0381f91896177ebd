import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { audited } from '../shared/audit-store.ts';
import { addMs } from '../shared/time.ts';
import { inTransaction } from '../shared/transaction.ts';
import { createWebhookHashes } from './webhook-hashes.ts';
import {
  deleteWebhookPassword,
  insertWebhookPassword,
  listWebhookPasswords,
  lockWebhookPasswords,
  markWebhookPasswordUsed,
  type WebhookHash,
  webhookHashes,
} from './webhook-passwords-store.ts';

/** See {@link createWebhookPasswords}. */
export type WebhookPasswords = ReturnType<typeof createWebhookPasswords>;

const notedEveryMs = 60_000;
const mostAtOnce = 5;
const user = 'postmark';

/** Passwords of the webhook door that admins make, beside those of the configuration; only hashes are kept. */
export function createWebhookPasswords({ db, now, log }: MailContext) {
  const hashes = createWebhookHashes(() => webhookHashes(db), now);
  const notedAt = new Map<number, Date>();

  const note = async (id: number) => {
    const last = notedAt.get(id);
    if (last && now() < addMs(last, notedEveryMs)) return;
    notedAt.set(id, now());
    try {
      await markWebhookPasswordUsed(db, id, { now: now(), notSince: addMs(now(), -notedEveryMs) });
    } catch (error) {
      // The report itself matters more than when it came.
      log.warn({ err: error }, 'the use of a webhook password was not noted');
    }
  };

  return {
    list: () => listWebhookPasswords(db),

    /** Makes a new one beside the others, which stay valid. It is told this once and kept nowhere. */
    async add({ by }: { by: string }): Promise<{ id: number; user: string; password: string }> {
      const password = randomBytes(24).toString('base64url');
      const id = await inTransaction(db, async trx => {
        if ((await lockWebhookPasswords(trx)).length >= mostAtOnce) {
          throw new MailError(
            'wrong-state',
            `There are ${mostAtOnce} passwords already: remove one first.`,
            'password',
          );
        }
        const row = { user, hash: hashOf(user, password), createdBy: by };
        const made = await insertWebhookPassword(trx, row, now());
        const subject = `webhook-password:${made}`;
        await audited(trx, { by }, { action: 'webhook-password.add', subject, after: { user }, at: now() });
        return made;
      });
      hashes.forget();
      return { id, user, password };
    },

    /**
     * Takes one away; reports that still come with it are refused: here at once, by other processes within 5 seconds.
     * Throws `wrong-state` when it is gone already, and with `keepLast` when no other is left.
     */
    async remove(id: number, { by, keepLast = false }: { by: string; keepLast?: boolean }): Promise<void> {
      await inTransaction(db, async trx => {
        const there = await lockWebhookPasswords(trx);
        const found = there.find(one => one.id === id);
        if (!found) throw new MailError('wrong-state', 'This password is gone already.', 'id');
        if (keepLast && there.length === 1) throw new MailError('wrong-state', lastOne, 'id');
        await deleteWebhookPassword(trx, id);
        const before = { user: found.user, createdBy: found.createdBy, usedAt: found.usedAt };
        const subject = `webhook-password:${id}`;
        await audited(trx, { by }, { action: 'webhook-password.remove', subject, before, at: now() });
      });
      hashes.forget();
      notedAt.delete(id);
    },

    /** True when a pair is one of them; a new one works at once in every process. */
    async accepts(givenUser: string, password: string): Promise<boolean> {
      const given = Buffer.from(hashOf(givenUser, password));
      const id = matching(given, await hashes.recent()) ?? matching(given, await hashes.anew());
      if (id === null) return false;
      await note(id);
      return true;
    },
  };
}

const lastOne =
  'This is the last password, and the configuration has none: Postmark could no longer report anything. Make a new one first.';

/** All are compared, each in constant time: neither which one matched nor how much of it shows. */
function matching(given: Buffer, hashes: readonly WebhookHash[]): number | null {
  return hashes.reduce<number | null>(
    (found, { id, hash }) => (timingSafeEqual(given, Buffer.from(hash)) ? id : found),
    null,
  );
}

// A plain hash, for it is to cost a report next to nothing. A slow one protects what people think up; nobody goes through
// the 2^192 that this is chosen from.
function hashOf(name: string, password: string): string {
  return createHash('sha256').update(`${name}:${password}`).digest('hex');
}
