import type { Db } from '../../../db/connect.ts';
import type { TemplatesContext } from './context.ts';
import { issueText } from './issue.ts';
import type { RenderPool } from './preview/render-pool.ts';
import { publishedVersions, readVersion } from './versions-store.ts';

/** A published confidential template that gives a field away: it was published before that was refused. */
export interface LeakingTemplate {
  template: string;
  /** Where, and what to do, as a sentence. */
  problem: string;
}

/** What is known of versions, which never change, by the pool that looked at them. */
const known = new WeakMap<RenderPool, Map<number, string | null>>();

/** Every published template that would not be published now for the sake of its confidential fields. */
export async function leakingTemplates({
  db,
  renderPool,
}: Pick<TemplatesContext, 'db' | 'renderPool'>): Promise<LeakingTemplate[]> {
  const before = known.get(renderPool) ?? new Map<number, string | null>();
  const published = await publishedVersions(db);
  const problems = new Map<number, string | null>();
  for (const id of published.values())
    problems.set(id, before.has(id) ? (before.get(id) ?? null) : await problemOf(db, renderPool, id));
  known.set(renderPool, problems);
  return [...published].flatMap(([template, id]) => {
    const problem = problems.get(id);
    return problem ? [{ template, problem }] : [];
  });
}

async function problemOf(db: Db, renderPool: RenderPool, id: number): Promise<string | null> {
  const stored = await readVersion(db, id).catch(() => null);
  if (!stored?.content.confidential) return null;
  const outcome = await renderPool.run('findLeaks', stored.content);
  const issue = outcome.ok ? outcome.value[0] : outcome.problem;
  return issue ? issueText(issue) : null;
}
