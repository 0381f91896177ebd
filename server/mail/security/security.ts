import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { raiseAlert } from '../monitoring/alerts.ts';
import { type SecurityKind, securityKinds, stranger } from '../shared/audit-actions.ts';
import { amendEntry, recordChange } from '../shared/audit-store.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { addMs } from '../shared/time.ts';
import { burstsFrom, securityBursts } from './bursts.ts';
import {
  auditEntryOf,
  type CountKey,
  count,
  countAgain,
  deleteCounts,
  keepAuditEntry,
} from './counts-store.ts';
import { countsKeptMs, eventsInFull, sourcesInFull, windowMs } from './limits.ts';
import { networkOf } from './network.ts';

/** Something that happened at a door. It never holds what somebody typed: that may be a password in the wrong field. */
export interface SecurityEvent {
  kind: SecurityKind;
  /** The network address it came from. */
  address: string;
  /** Which door: a method and a path without its secret parts, such as `POST sign-in`. */
  route: string;
  /** What the program of the caller calls itself; cut to 200 characters. */
  userAgent?: string | undefined;
  /** The person or account it is about, where one is known. */
  accountId?: string | undefined;
  /** The id of the person who did it; nobody who is known by default. */
  by?: string | undefined;
}

/** Security events: `mail.security`. */
export interface SecurityEvents {
  /**
   * Writes an event to the log and the audit log, and raises an alert when there are many. The first of a kind from a
   * network are audited in full, a flood as one entry with its count. Resolves also when the database fails, which is
   * logged: no door depends on it.
   */
  record(event: SecurityEvent): Promise<void>;
}

const text = Joi.string().allow('');
const rules: Rules<SecurityEvents> = {
  record: [
    argument(
      'event',
      Joi.object({
        kind: Joi.valid(...securityKinds).required(),
        address: text.required(),
        route: text.required(),
        userAgent: text,
        accountId: text,
        by: text,
      }).required(),
    ),
  ],
};

/** See {@link SecurityEvents}. */
export function createSecurityEvents(context: MailContext): SecurityEvents {
  return withCheckedInput<SecurityEvents>({ record: event => record(context, readable(event)) }, rules);
}

async function record(context: MailContext, event: SecurityEvent): Promise<void> {
  const { kind: security, ...details } = event;
  const { log } = context;
  try {
    log.warn({ security, ...details }, 'security event');
    await audit(context, event);
    if (burstsFrom[event.kind] !== undefined) await warnOfBurst(context, event.kind);
  } catch (error) {
    log.error({ err: error, security }, 'a security event could not be recorded');
  }
}

async function audit(context: MailContext, event: SecurityEvent): Promise<void> {
  const { db, now } = context;
  const windowStart = new Date(Math.floor(now().getTime() / windowMs) * windowMs);
  const all: CountKey = { windowStart, kind: event.kind, source: '' };
  const own: CountKey = { ...all, source: networkOf(event.address) };
  let events = await countAgain(db, own, now());
  if (events === null) {
    const sources = await count(db, all, now());
    if (sources === 1) await deleteCounts(db, addMs(now(), -countsKeptMs));
    if (sources > sourcesInFull) return auditCount(context, event, all, sources - sourcesInFull);
    events = await count(db, own, now());
  }
  if (events > eventsInFull) return auditCount(context, event, own, events - eventsInFull);
  const { address, route, userAgent } = event;
  await enter(context, event, { address, route, ...(userAgent && { userAgent }) });
}

/** The one entry of a flood: how many more there were. */
async function auditCount(
  context: MailContext,
  event: SecurityEvent,
  key: CountKey,
  more: number,
): Promise<void> {
  const after = { more, from: key.source || 'other networks', since: key.windowStart.toISOString() };
  const entry = await auditEntryOf(context.db, key);
  if (entry !== null) await amendEntry(context.db, entry, after);
  // Of two at once, the first alone writes it; the second's count comes with the next.
  else if (more === 1) {
    const one = key.source
      ? event
      : { ...event, by: undefined, accountId: undefined, address: 'other networks' };
    await keepAuditEntry(context.db, key, await enter(context, one, after));
  }
}

function enter({ db, now }: MailContext, event: SecurityEvent, after: object): Promise<string> {
  const { kind, accountId, address, by = stranger } = event;
  return recordChange(db, {
    by,
    action: kind,
    subject: accountId ? `account:${accountId}` : `address:${address}`,
    before: null,
    after,
    at: now(),
  });
}

async function warnOfBurst(context: MailContext, kind: SecurityKind): Promise<void> {
  for (const burst of await securityBursts(context))
    if (burst.event === kind) await raiseAlert(context, burst);
}

function readable({ address, route, userAgent, ...event }: SecurityEvent): SecurityEvent {
  return {
    ...event,
    address: clean(address, 64),
    route: clean(route, 200),
    ...(userAgent && { userAgent: clean(userAgent, 200) }),
  };
}

/** Cut, with control characters written out: nothing that a stranger sends begins a line of its own in a log. */
function clean(value: string, length: number): string {
  return value
    .slice(0, length)
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, one => `\\u{${one.codePointAt(0)?.toString(16)}}`);
}
