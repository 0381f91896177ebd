import { Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { groupsOf } from '../campaigns/progress.ts';
import type { Show } from '../views.ts';
import { type AttentionLine, attentionLine, conflictLine, withoutCatchingUp } from './attention.ts';
import { chartsOf } from './charts.ts';
import { rangeOf, ranges } from './ranges.ts';

const latestMessages = 10;

/** The first page: what needs attention, the numbers over time, and the latest messages. */
export function overviewRouter(mail: Mail, show: Show): Router {
  const startedAt = performance.now();
  const router = Router();
  router.get('/', async ({ query }, response) => {
    const range = rangeOf(query.range);
    const [lines, series, { messages }, campaigns] = await Promise.all([
      attentionLines(mail, performance.now() - startedAt),
      mail.monitoring.series(range.hours, range.stepHours),
      mail.messages.find({ limit: latestMessages }),
      mail.campaigns.list({ running: true }),
    ]);
    show(response, 'overview/show', {
      lines,
      range,
      ranges,
      streams: series.streams,
      charts: chartsOf(series),
      countedAt: series.countedAt,
      messages,
      groups: await groupsOf(mail, campaigns),
    });
  });
  return router;
}

async function attentionLines(mail: Mail, upMs: number): Promise<AttentionLine[]> {
  const [found, conflicts] = await Promise.all([mail.monitoring.alerts(), mail.templates.conflicts()]);
  const sources = conflicts.map(({ ref }) => ref.key);
  return [
    ...withoutCatchingUp(found, upMs).map(attentionLine),
    ...(sources.length > 0 ? [conflictLine(sources)] : []),
  ];
}
