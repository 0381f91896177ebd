import type { Db } from '../../../db/connect.ts';
import type { EventView } from '../events/events-store.ts';
import { eventsOf } from './confidentiality.ts';
import { type AttemptView, listAttempts, type MessageView } from './views-store.ts';

/** One line of a message's history, in the order things happened. */
export interface TimelineEntry {
  at: Date;
  /** `accepted`, `handed-over`, `answered`, or the kind of a reported event. */
  what: string;
  /** In plain words, with the evidence: who answered what. */
  detail: string;
}

/** The whole history of a message: acceptance, each attempt with its answer, each event. */
export async function timelineOf(db: Db, message: MessageView): Promise<TimelineEntry[]> {
  const [attempts, events] = await Promise.all([listAttempts(db, message.id), eventsOf({ db }, message.id)]);
  const entries = [acceptance(message), ...attempts.flatMap(attemptEntries), ...events.map(eventEntry)];
  return entries.sort((a, b) => a.at.getTime() - b.at.getTime());
}

function acceptance(message: MessageView): TimelineEntry {
  const { category, stream, transport, bucket, policyVersion, template, templateVersion } = message;
  return {
    at: message.createdAt,
    what: 'accepted',
    detail:
      `category ${category} on stream ${stream} by ${transport} (policy ${policyVersion}, bucket ${bucket}); ` +
      `template ${template}, version ${templateVersion}`,
  };
}

function attemptEntries(attempt: AttemptView): TimelineEntry[] {
  const { number, transport, outcome, code, answer, handedAt, settledAt } = attempt;
  const entries: TimelineEntry[] = [];
  if (handedAt)
    entries.push({ at: handedAt, what: 'handed-over', detail: `attempt ${number} by ${transport}` });
  if (settledAt && outcome) {
    const words = [code, answer].filter(Boolean).join(': ');
    entries.push({ at: settledAt, what: 'answered', detail: `attempt ${number} ${outcome} (${words})` });
  }
  return entries;
}

function eventEntry({ occurredAt, kind, source, recipient, details }: EventView): TimelineEntry {
  const words = Object.entries(details)
    .filter(([, value]) => value !== null && value !== '')
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');
  return { at: occurredAt, what: kind, detail: `${recipient ?? ''} ${words} (by ${source})`.trim() };
}
