import type { MailContext } from '../context.ts';
import { addMs } from '../shared/time.ts';
import { type Purged, purge } from './purge-store.ts';

/** Runs {@link purge} up to the age at which contents are no longer kept. */
export async function purgeExpired({ db, now, timing }: MailContext): Promise<Purged> {
  const at = now();
  return purge(db, addMs(at, -timing.retentionMs), at);
}
