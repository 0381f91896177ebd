import { addSuppression, removeSuppression } from '../../delivery/suppress.ts';
import { addressFault } from '../../messages/addresses.ts';
import type { Provider } from '../../state/provider.ts';
import { stamp } from '../../state/timestamps.ts';
import type { Suppression } from '../../store/suppressions.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { readRange } from '../query.ts';
import type { Call } from '../routes.ts';
import { streamNotFound } from './streams.ts';

const MOST_PER_CALL = 50;
const REASONS = ['HardBounce', 'SpamComplaint', 'ManualSuppression'];
const ORIGINS = ['Recipient', 'Customer', 'Admin'];

/** `GET /message-streams/{id}/suppressions/dump`: everything at once. */
export function dump(provider: Provider, { params, query }: Call): Answer {
  const stream = provider.streams.get(params[0] ?? '');
  if (!stream) return streamNotFound();
  const reason = oneOf(REASONS, query.text('SuppressionReason'));
  if (reason === null) return refuse(1404, 'The suppression reason is not valid.');
  const origin = oneOf(ORIGINS, query.text('Origin'));
  if (origin === null) return refuse(1405, 'The suppression origin is not valid.');
  const range = readRange(query);
  if (typeof range === 'string') return refuse(1407, range);
  const email = query.text('EmailAddress')?.toLowerCase();
  const newest = provider.clock.now() - provider.settings.suppressionLagMs;
  const wanted = (entry: Suppression): boolean =>
    (reason === undefined || entry.reason === reason) &&
    (origin === undefined || entry.origin === origin) &&
    (email === undefined || entry.email === email) &&
    (range.since === undefined || entry.createdAt >= range.since) &&
    entry.createdAt <= Math.min(range.until ?? newest, newest);
  return ok({ Suppressions: provider.suppressions.list(stream.id).filter(wanted).map(show) });
}

/** `POST /message-streams/{id}/suppressions` */
export function create(provider: Provider, call: Call): Answer {
  return forEach(provider, call, (stream, email) => {
    const createdAt = provider.clock.now();
    addSuppression(provider, stream, { email, reason: 'ManualSuppression', origin: 'Customer', createdAt });
    return { EmailAddress: email, Status: 'Suppressed', Message: null };
  });
}

/** `POST /message-streams/{id}/suppressions/delete`: complaints and unsubscribes may not be taken back. */
export function remove(provider: Provider, call: Call): Answer {
  return forEach(provider, call, (stream, email) => {
    const entry = provider.suppressions.get(stream, email);
    if (entry && isProtected(provider, entry)) {
      const message = 'You do not have the required authority to change this suppression.';
      return { EmailAddress: email, Status: 'Failed', Message: message };
    }
    removeSuppression(provider, stream, email);
    return { EmailAddress: email, Status: 'Deleted', Message: null };
  });
}

interface ItemResult {
  EmailAddress: string;
  Status: 'Suppressed' | 'Deleted' | 'Failed';
  Message: string | null;
}

function forEach(
  provider: Provider,
  { params, body }: Call,
  change: (stream: string, email: string) => ItemResult,
): Answer {
  const stream = provider.streams.get(params[0] ?? '');
  if (!stream) return streamNotFound();
  const emails = readEmails(body);
  if (emails === null) return refuse(1409, 'The request body must hold a list of suppressions.');
  if (emails.length > MOST_PER_CALL)
    return refuse(1410, `No more than ${MOST_PER_CALL} suppressions per request.`);
  if (emails.includes(null)) return refuse(1411, 'Every suppression needs an EmailAddress.');
  return ok({ Suppressions: emails.map(email => changeOne(stream.id, email ?? '', change)) });
}

function changeOne(
  stream: string,
  email: string,
  change: (stream: string, email: string) => ItemResult,
): ItemResult {
  if (addressFault('EmailAddress', email) === null) return change(stream, email.toLowerCase());
  return { EmailAddress: email, Status: 'Failed', Message: 'An invalid email address was provided.' };
}

/** The addresses of a request, null for an entry without one; null when the body has no list. */
function readEmails(body: unknown): (string | null)[] | null {
  if (typeof body !== 'object' || body === null || !('Suppressions' in body)) return null;
  if (!Array.isArray(body.Suppressions)) return null;
  return body.Suppressions.map((entry: unknown) =>
    typeof entry === 'object' &&
    entry !== null &&
    'EmailAddress' in entry &&
    typeof entry.EmailAddress === 'string'
      ? entry.EmailAddress.trim()
      : null,
  );
}

function isProtected({ settings }: Provider, { reason, origin }: Suppression): boolean {
  if (reason === 'SpamComplaint') return true;
  const isUnsubscribe = reason === 'ManualSuppression' && origin === 'Recipient';
  return isUnsubscribe && settings.variants.unsubscribes === 'kept';
}

/** The option meant, without case; undefined when none is given, null when it is not among them. */
function oneOf(options: readonly string[], given: string | undefined): string | null | undefined {
  if (given === undefined) return undefined;
  return options.find(option => option.toLowerCase() === given.toLowerCase()) ?? null;
}

function show(entry: Suppression): Record<string, string> {
  return {
    EmailAddress: entry.email,
    SuppressionReason: entry.reason,
    Origin: entry.origin,
    CreatedAt: stamp(entry.createdAt),
  };
}
