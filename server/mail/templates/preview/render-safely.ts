import type { RenderContext } from '../language/render.ts';
import type { TemplateContent } from '../language/template.ts';
import { type WorkLimits, workLimits } from './limits.ts';
import type { WorkOutcome } from './outcome.ts';
import type { RenderPool } from './render-pool.ts';
import type { RenderedMail } from './tasks/render.ts';

/**
 * Renders what an admin typed, in a thread of its own: for previews, checks and replays. Published versions are
 * rendered in their process, which is quicker. The data is checked against the content's contract first.
 */
export function renderSafely(
  renderPool: RenderPool,
  content: TemplateContent,
  data: Record<string, unknown>,
  context: RenderContext,
  { timeMs, partBytes = workLimits.partBytes }: Partial<WorkLimits> = {},
): Promise<WorkOutcome<RenderedMail>> {
  const job = { content, data, ...context, partBytes };
  return renderPool.run('render', job, timeMs === undefined ? {} : { timeMs });
}
