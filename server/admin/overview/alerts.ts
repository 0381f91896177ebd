import { type Alert, countedUpTo, type SecurityKind } from '../../mail/index.ts';
import { viewHelpers } from '../view-helpers.ts';

/** An alert as the overview shows it, with a link to where to look. */
export interface AlertLine {
  /** Tone of the line: a state. */
  state: 'failed' | 'warning' | 'unknown';
  text: string;
  path: string;
  action: string;
}

const { span, percent, number } = viewHelpers;

/** An alert as a sentence. */
export function alertLine(alert: Alert): AlertLine {
  switch (alert.kind) {
    case 'unknown':
      return {
        state: 'unknown',
        text: `${atLeast(alert.count, 'message')} may or may not have been sent. The provider is being searched.`,
        path: 'messages?state=unknown',
        action: 'Show messages',
      };
    case 'deferred':
      return {
        state: 'failed',
        text: `The last ${alert.attempts} attempts by ${alert.transport} were deferred. Last response: ${alert.answer || 'none'}`,
        path: 'streams',
        action: 'Test the connection',
      };
    case 'queue':
      return {
        state: 'failed',
        text: `A message on stream ${alert.stream} has been due for ${span(alert.ageMs)}. Is the worker running?`,
        path: `messages?state=queued&stream=${encodeURIComponent(alert.stream)}`,
        action: 'Show the queue',
      };
    case 'failed':
      return {
        state: 'failed',
        text: `${atLeast(alert.count, 'message')} failed permanently in the last 24 hours.`,
        path: `messages?state=failed&since=${alert.since.toISOString().slice(0, 16)}`,
        action: 'Show messages',
      };
    case 'bounce-rate':
      return {
        state: 'failed',
        text: `${percent(alert.rate)} of ${number(alert.sent)} messages on stream ${alert.stream} bounced in 24 hours. Above 5% the provider may stop sending.`,
        path: `messages?state=bounced&stream=${encodeURIComponent(alert.stream)}`,
        action: 'Show messages',
      };
    case 'complaint-rate':
      return {
        state: 'failed',
        text: `${percent(alert.rate)} of ${number(alert.sent)} messages on stream ${alert.stream} were reported as spam in 24 hours. Above 0.1% mailbox providers may block you.`,
        path: `messages?state=complained&stream=${encodeURIComponent(alert.stream)}`,
        action: 'Show messages',
      };
    case 'stuck':
      return {
        state: 'warning',
        text: `The campaign ${alert.name} has made no progress for ${span(alert.forMs)}.`,
        path: `campaigns/${alert.campaignId}`,
        action: 'Open the campaign',
      };
    case 'reconciliation':
      return {
        state: 'failed',
        text: `Stream ${alert.stream} could not be reconciled for ${alert.day}: ${alert.problem}`,
        path: `reconciliations/${alert.day}`,
        action: 'Show the reconciliation',
      };
    case 'reconciliation-late':
      return {
        state: 'warning',
        text: `The last reconciliation was for ${alert.day}. Is the worker running?`,
        path: 'reconciliations',
        action: 'Show reconciliations',
      };
    case 'not-counted':
      return {
        state: 'warning',
        text: `The numbers below were last updated ${span(Date.now() - alert.since.getTime())} ago. Is the worker running?`,
        path: 'messages',
        action: 'Show messages',
      };
    case 'no-route':
      return { state: 'failed', text: alert.problem, ...missingRouteLink(alert) };
    case 'leaking-template':
      return {
        state: 'failed',
        text: `The confidential template ${alert.template} gives a field away: ${alert.problem}`,
        path: `templates/${encodeURIComponent(alert.template)}`,
        action: 'Open the template',
      };
    case 'missing-stream':
      return {
        state: 'failed',
        text: `The routing policy names the stream ${alert.stream}, which ${alert.provider} does not have. Create it there, or correct the policy.`,
        path: 'streams',
        action: 'Show streams',
      };
    case 'unreadable-events':
      return {
        state: 'warning',
        text: `${atLeast(alert.count, 'event')} of providers could not be read whole in the last 24 hours. What could be read had its effect.`,
        path: 'streams/events?faults=yes',
        action: 'Show the events',
      };
    case 'security':
      return {
        state: 'failed',
        text: securityText(alert),
        path: `audit?action=${alert.event}`,
        action: 'Show the audit log',
      };
    case 'configuration':
      return { state: 'warning', text: configurationText(alert), path: 'streams', action: 'Show the policy' };
  }
}

const securityNouns: Record<SecurityKind, string> = {
  'access.limit': 'Requests refused because there were too many',
  'access.refuse': 'Requests of people without the right to them',
  'account.password-fail': 'Wrong current passwords on account pages',
  'do-not-contact-login.fail': 'Failed logins at the DoNotContact endpoint',
  'form.forge': 'Forged or expired forms',
  'link.refuse': 'Unknown or expired links to accounts',
  'sign-in.admin-lock': 'Lockouts of admins',
  'sign-in.code-fail': 'Wrong codes at sign-in',
  'sign-in.code-reuse': 'Codes entered a second time',
  'sign-in.fail': 'Failed sign-ins',
  'sign-in.lock': 'Lockouts of accounts',
  'webhook-login.fail': 'Failed webhook logins',
};

function securityText({ event, count, sinceMs }: Extract<Alert, { kind: 'security' }>): string {
  return `${securityNouns[event]} in the last ${span(sinceMs)}: ${number(count)}.`;
}

function missingRouteLink({ of, id }: Extract<Alert, { kind: 'no-route' }>) {
  if (of === 'template') return { path: `templates/${id}`, action: 'Open the template' };
  if (of === 'campaign') return { path: `campaigns/${id}`, action: 'Open the campaign' };
  return { path: `messages/${id}`, action: 'Show the message' };
}

function configurationText(alert: Extract<Alert, { kind: 'configuration' }>): string {
  const { olderInstances, newerInstances, differences, more } = alert;
  const rest = more > 0 ? ` and ${more} more` : '';
  return (
    `${olderInstances.join(', ')} ${olderInstances.length === 1 ? 'has' : 'have'} an older configuration than ` +
    `${newerInstances.join(', ')}. ${differences.join('; ')}${rest}.`
  );
}

const catchUpMs = 60_000;
const asksForWorker: ReadonlySet<Alert['kind']> = new Set(['queue', 'reconciliation-late', 'not-counted']);

/**
 * Leaves out what only asks whether the worker is running, while these pages have been up for less than a minute: a
 * worker that was started with them is still catching up, and the queue is as old as the downtime.
 */
export function withoutCatchingUp(found: readonly Alert[], upMs: number): Alert[] {
  return found.filter(({ kind }) => upMs >= catchUpMs || !asksForWorker.has(kind));
}

/** A conflict between template files and what admins published. */
export function conflictAlert(sources: readonly string[]): AlertLine {
  return {
    state: 'warning',
    text: `${sources.join(', ')} changed both in the template files and here. The published version stays in use until the conflict is resolved.`,
    path: 'templates',
    action: 'Open the templates',
  };
}

function atLeast(count: number, word: string): string {
  return count >= countedUpTo ? `${number(countedUpTo)} ${word}s or more` : viewHelpers.count(count, word);
}
