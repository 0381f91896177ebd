import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { audited } from '../shared/audit-store.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { bySchema, wordSchema } from '../shared/schemas.ts';
import { addMs } from '../shared/time.ts';
import { inTransaction } from '../shared/transaction.ts';
import {
  deleteWebhookPassword,
  insertWebhookPassword,
  listWebhookPasswords,
  lockWebhookPasswords,
  markWebhookPasswordUsed,
  type WebhookHash,
  type WebhookPassword,
  webhookHashes,
} from './webhook-passwords-store.ts';

/** A new password of the webhook, in the clear this once. */
export interface NewWebhookPassword {
  id: number;
  user: string;
  password: string;
}

/** Passwords of the webhook that admins make, beside those of the configuration: `mail.webhookPasswords`. */
export interface WebhookPasswords {
  list(): Promise<WebhookPassword[]>;
  /** Makes a new one beside the others, which stay valid; `user` names the provider. It is told this once and kept nowhere. */
  add(options: { by: string; user?: string | undefined }): Promise<NewWebhookPassword>;
  /**
   * Takes one away; events that still come with it are refused: here at once, by other processes within 5 seconds.
   * Throws `wrong-state` when it is gone already, and with `keepLast` when no other is left.
   */
  remove(id: number, options: { by: string; keepLast?: boolean | undefined }): Promise<void>;
  /** True when a pair is one of them; a new one works at once in every process. */
  accepts(user: string, password: string): Promise<boolean>;
}

const notedEveryMs = 60_000;
const mostAtOnce = 5;

const secret = Joi.string().allow('').max(10_000).required();
const rules: Rules<WebhookPasswords> = {
  list: [],
  add: [argument('options', bySchema.keys({ user: wordSchema }))],
  remove: [
    argument('id', Joi.number().integer().min(1).required()),
    argument('options', bySchema.keys({ keepLast: Joi.boolean() })),
  ],
  accepts: [argument('user', secret), argument('password', secret)],
};

/** See {@link WebhookPasswords}; only hashes are kept. */
export function createWebhookPasswords({ db, now, log, providers }: MailContext): WebhookPasswords {
  const hashes = createWebhookHashes(() => webhookHashes(db), now);
  const defaultUser = providers.all.find(({ webhooks }) => webhooks)?.key ?? 'webhook';
  const notedAt = new Map<number, Date>();

  const note = async (id: number) => {
    const last = notedAt.get(id);
    if (last && now() < addMs(last, notedEveryMs)) return;
    notedAt.set(id, now());
    try {
      await markWebhookPasswordUsed(db, id, { now: now(), notSince: addMs(now(), -notedEveryMs) });
    } catch (error) {
      // The event itself matters more than when it came.
      log.warn({ err: error }, 'the use of a webhook password was not noted');
    }
  };

  const passwords: WebhookPasswords = {
    list: () => listWebhookPasswords(db),

    async add({ by, user = defaultUser }) {
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

    async remove(id, { by, keepLast = false }) {
      await inTransaction(db, async trx => {
        const there = await lockWebhookPasswords(trx);
        const found = there.find(one => one.id === id);
        if (!found) throw new MailError('wrong-state', 'This password has already been removed.', 'id');
        if (keepLast && there.length === 1)
          throw new MailError('wrong-state', lastOne(providers.names), 'id');
        await deleteWebhookPassword(trx, id);
        const before = { user: found.user, createdBy: found.createdBy, usedAt: found.usedAt };
        const subject = `webhook-password:${id}`;
        await audited(trx, { by }, { action: 'webhook-password.remove', subject, before, at: now() });
      });
      hashes.forget();
      notedAt.delete(id);
    },

    async accepts(givenUser, password) {
      const given = Buffer.from(hashOf(givenUser, password));
      const id = matching(given, await hashes.recent()) ?? matching(given, await hashes.fresh());
      if (id === null) return false;
      await note(id);
      return true;
    },
  };
  return withCheckedInput(passwords, rules);
}

function lastOne(names: string): string {
  return `This is the last password, and the configuration has none: ${names} could no longer report anything. Make a new one first.`;
}

/** All are compared, each in constant time: neither which one matched nor how much of it shows. */
function matching(given: Buffer, hashes: readonly WebhookHash[]): number | null {
  return hashes.reduce<number | null>(
    (found, { id, hash }) => (timingSafeEqual(given, Buffer.from(hash)) ? id : found),
    null,
  );
}

// A plain hash, because it must cost an event next to nothing. A slow one protects what people think up; nobody goes through
// the 2^192 that this is chosen from.
function hashOf(name: string, password: string): string {
  return createHash('sha256').update(`${name}:${password}`).digest('hex');
}

/** A removed password is refused by every process within this time. */
const keptForMs = 5_000;
/** Between two reads, however many strangers try. */
const restMs = 100;

/** The accepted hashes, kept for a few seconds: every event asks for them. */
function createWebhookHashes(read: () => Promise<readonly WebhookHash[]>, now: () => Date) {
  let kept: { at: Date; hashes: readonly WebhookHash[] } | null = null;
  let coming: Promise<readonly WebhookHash[]> | null = null;
  let startedAt = Number.NEGATIVE_INFINITY;
  let changes = 0;

  const readSoon = async () => {
    await wait(Math.max(0, startedAt + restMs - performance.now()));
    // A caller from now on may know a password that this read does not see.
    coming = null;
    startedAt = performance.now();
    const [at, before] = [now(), changes];
    const hashes = await read();
    if (before === changes) kept = { at, hashes };
    return hashes;
  };
  const fresh = () => {
    coming ??= readSoon();
    return coming;
  };

  return {
    /** As they were at most {@link keptForMs} ago. */
    recent: async () => (kept && now() < addMs(kept.at, keptForMs) ? kept.hashes : fresh()),
    /** As they are now; for a pair that is not among the recent. Many that ask at once share a read. */
    fresh,
    /** They were changed by this process. */
    forget(): void {
      kept = null;
      changes += 1;
    },
  };
}
