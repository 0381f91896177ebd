import type { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { waitingRequests } from '../approvals/lines.ts';
import { groupsOf } from '../campaigns/progress.ts';
import { guardedPages } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import type { Show } from '../views.ts';
import { type AlertLine, alertLine, conflictAlert, withoutCatchingUp } from './alerts.ts';
import { chartsOf } from './charts.ts';
import { rangeOf, ranges } from './ranges.ts';

const latestMessages = 10;

/** The first page: what needs attention, the numbers over time, and the latest messages. */
export function overviewRouter(mail: Mail, show: Show): Router {
  const startedAt = performance.now();
  const routes = guardedPages(mail, show);
  routes.get('/', 'pages.view', page => showOverview(page, performance.now() - startedAt));
  return routes.router;
}

async function showOverview(page: Page, upMs: number): Promise<void> {
  const { mail } = page;
  const range = rangeOf(page.request.query.range);
  const [lines, series, { messages }, campaigns] = await Promise.all([
    alertLines(mail, upMs),
    mail.monitoring.series(range.hours, range.stepHours),
    mail.messages.find({ limit: latestMessages }),
    mail.campaigns.list({ running: true }),
  ]);
  page.render('overview/show', {
    lines,
    range,
    ranges,
    streams: series.streams,
    charts: chartsOf(series),
    countedAt: series.countedAt,
    messages,
    waiting: await waitingRequests(page),
    groups: await groupsOf(mail, campaigns),
  });
}

async function alertLines(mail: Mail, upMs: number): Promise<AlertLine[]> {
  const [found, conflicts] = await Promise.all([mail.monitoring.alerts(), mail.templates.conflicts()]);
  const sources = conflicts.map(({ ref }) => ref.key);
  return [
    ...withoutCatchingUp(found, upMs).map(alertLine),
    ...(sources.length > 0 ? [conflictAlert(sources)] : []),
  ];
}
