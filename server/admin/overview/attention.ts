import { type Alert, countedUpTo } from '../../mail/index.ts';
import { viewHelpers } from '../view-helpers.ts';

/** One line of what needs attention, with where to look. */
export interface AttentionLine {
  /** Tone of the line: a state. */
  state: 'failed' | 'warning' | 'unknown';
  text: string;
  path: string;
  action: string;
}

const { span, percent, number } = viewHelpers;

/** An alert as a sentence. */
export function attentionLine(found: Alert): AttentionLine {
  switch (found.kind) {
    case 'unknown':
      return {
        state: 'unknown',
        text: `${atLeast(found.count, 'message')} may or may not have been sent. The provider is being searched.`,
        path: 'messages?state=unknown',
        action: 'Show messages',
      };
    case 'deferred':
      return {
        state: 'failed',
        text: `The last ${found.attempts} attempts by ${found.transport} were deferred. Latest answer: ${found.answer || 'none'}`,
        path: 'streams',
        action: 'Test the connection',
      };
    case 'queue':
      return {
        state: 'failed',
        text: `On stream ${found.stream} a message has been due for ${span(found.ageMs)}. Is the worker running?`,
        path: `messages?state=queued&stream=${encodeURIComponent(found.stream)}`,
        action: 'Show the queue',
      };
    case 'failed':
      return {
        state: 'failed',
        text: `${atLeast(found.count, 'message')} failed permanently in the last 24 hours.`,
        path: `messages?state=failed&from=${found.since.toISOString().slice(0, 16)}`,
        action: 'Show messages',
      };
    case 'bounce-rate':
      return {
        state: 'failed',
        text: `${percent(found.rate)} of ${number(found.sent)} messages on stream ${found.stream} bounced in 24 hours. Above 5% the provider may stop sending.`,
        path: `messages?state=bounced&stream=${encodeURIComponent(found.stream)}`,
        action: 'Show messages',
      };
    case 'complaint-rate':
      return {
        state: 'failed',
        text: `${percent(found.rate)} of ${number(found.sent)} messages on stream ${found.stream} were reported as spam in 24 hours. Above 0.1% mailbox providers may block you.`,
        path: `messages?state=complained&stream=${encodeURIComponent(found.stream)}`,
        action: 'Show messages',
      };
    case 'stuck':
      return {
        state: 'warning',
        text: `The campaign ${found.name} has made no progress for ${span(found.forMs)}.`,
        path: `campaigns/${found.campaignId}`,
        action: 'Open the campaign',
      };
    case 'reconciliation':
      return {
        state: 'failed',
        text: `Stream ${found.stream} could not be reconciled for ${found.day}: ${found.problem}`,
        path: `reconciliations/${found.day}`,
        action: 'Show the reconciliation',
      };
    case 'reconciliation-late':
      return {
        state: 'warning',
        text: `The last reconciliation was for ${found.day}. Is the worker running?`,
        path: 'reconciliations',
        action: 'Show reconciliations',
      };
    case 'not-counted':
      return {
        state: 'warning',
        text: `The numbers below were last updated ${span(Date.now() - found.since.getTime())} ago. Is the worker running?`,
        path: 'messages',
        action: 'Show messages',
      };
  }
}

const catchUpMs = 60_000;
const asksForWorker: ReadonlySet<Alert['kind']> = new Set(['queue', 'reconciliation-late', 'not-counted']);

/**
 * Leaves out what only asks whether the worker is running, while these pages have been up for less than a minute: a
 * worker that began with them is still catching up, and the queue is as old as the pause was long.
 */
export function withoutCatchingUp(found: readonly Alert[], upMs: number): Alert[] {
  return found.filter(({ kind }) => upMs >= catchUpMs || !asksForWorker.has(kind));
}

/** A conflict between template files and what admins published. */
export function conflictLine(sources: readonly string[]): AttentionLine {
  return {
    state: 'warning',
    text: `${sources.join(', ')} changed both in the template files and here. The published version stays until somebody decides.`,
    path: 'templates',
    action: 'Open the templates',
  };
}

function atLeast(count: number, word: string): string {
  return count >= countedUpTo ? `${number(countedUpTo)} ${word}s or more` : viewHelpers.count(count, word);
}
