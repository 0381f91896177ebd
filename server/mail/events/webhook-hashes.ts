import { setTimeout as wait } from 'node:timers/promises';
import { addMs } from '../shared/time.ts';
import type { WebhookHash } from './webhook-passwords-store.ts';

/** A removed password is refused by every process within this time. */
const keptForMs = 5_000;
/** Between two reads, however many strangers knock. */
const restMs = 100;

/** The accepted hashes, kept for a few seconds: every report asks for them. */
export function createWebhookHashes(read: () => Promise<readonly WebhookHash[]>, now: () => Date) {
  let kept: { at: Date; hashes: readonly WebhookHash[] } | null = null;
  let coming: Promise<readonly WebhookHash[]> | null = null;
  let startedAt = Number.NEGATIVE_INFINITY;
  let changes = 0;

  const readSoon = async () => {
    await wait(Math.max(0, startedAt + restMs - performance.now()));
    // Who comes from now on may know a password that this read does not see.
    coming = null;
    startedAt = performance.now();
    const [at, before] = [now(), changes];
    const hashes = await read();
    if (before === changes) kept = { at, hashes };
    return hashes;
  };
  const anew = () => {
    coming ??= readSoon();
    return coming;
  };

  return {
    /** As they were at most {@link keptForMs} ago. */
    recent: async () => (kept && now() < addMs(kept.at, keptForMs) ? kept.hashes : anew()),
    /** As they are now; for a pair that is not among the recent. Many who ask at once share a read. */
    anew,
    /** They were changed by this process. */
    forget(): void {
      kept = null;
      changes += 1;
    },
  };
}
