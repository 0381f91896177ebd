import type { Db } from '../../../../db/connect.ts';
import { MailError } from '../../error.ts';
import { recordChange } from '../../shared/audit-store.ts';
import { inTransaction } from '../../shared/transaction.ts';
import { type SourceRef, sourceName } from '../language/source.ts';
import { textsOf } from '../language/source-parts.ts';
import type { PublishedTemplate, TemplateFault } from './api.ts';
import { dropDraft, lockRevision } from './drafts-store.ts';
import type { Library } from './library.ts';
import { type Change, type Plan, planPublication } from './plan.ts';
import {
  advanceLibrary,
  insertTemplateVersions,
  insertVersions,
  lockLibrary,
  type NewVersion,
} from './publications-store.ts';
import type { Studio } from './studio.ts';

/** A wish to publish. */
export interface Request {
  /** What to publish, seen from the library as it is now; asked again when somebody else published meanwhile. */
  changes(library: Library): Promise<readonly Change[] | 'stale'>;
  /** Faults of the plan; any that is returned prevents the publication. */
  faults(plan: Plan): Promise<TemplateFault[]>;
  /** The draft that is published, or the source that somebody looked at: stale when it has another revision. */
  guard?: { ref: SourceRef; revision: number; dropDraft: boolean };
}

/** What became of it. */
export type Result =
  | { state: 'published'; versions: NewVersion[]; templates: PublishedTemplate[] }
  | { state: 'refused'; faults: TemplateFault[] }
  | { state: 'stale' }
  | { state: 'unchanged' };

// Each round is lost to another publication that won, so somebody always gets ahead.
const mostRounds = 10;

/**
 * Publishes several sources and every template that they touch, all or nothing. Examined outside of any transaction,
 * against a library that must still be the current one when it is written: of two who publish at once one wins, and
 * the other starts over with what the first has changed.
 */
export async function publishChanges(studio: Studio, request: Request): Promise<Result> {
  for (let round = 1; round <= mostRounds; round++) {
    const library = await studio.library();
    const changes = await request.changes(library);
    if (changes === 'stale') return { state: 'stale' };
    const plan = planPublication(library, changes);
    if (plan.versions.length === 0) return { state: 'unchanged' };
    const faults = await request.faults(plan);
    if (faults.length > 0) return { state: 'refused', faults };

    const written = await write(studio, library, plan, request.guard);
    if (written === 'stale') return { state: 'stale' };
    if (written === 'overtaken') continue;
    studio.refresh();
    return { state: 'published', versions: plan.versions, templates: publishedTemplates(plan) };
  }
  throw new MailError('wrong-state', 'Others are publishing without a pause: try again in a moment.');
}

function write(
  { db, now }: Studio,
  library: Library,
  plan: Plan,
  guard: Request['guard'],
): Promise<'written' | 'overtaken' | 'stale'> {
  const at = now();
  return inTransaction(db, async trx => {
    if ((await lockLibrary(trx)) !== plan.revision) return 'overtaken';
    if (guard && (await lockRevision(trx, guard.ref)) !== guard.revision) return 'stale';
    await insertVersions(trx, plan.versions, at);
    await insertTemplateVersions(trx, plan.templates, at);
    if (guard?.dropDraft) await dropDraft(trx, guard.ref, guard.revision);
    await recordPublication(trx, library, plan, at);
    await advanceLibrary(trx);
    return 'written';
  });
}

/** One entry for each source that somebody changed; the templates they touch are named in it. */
async function recordPublication(trx: Db, library: Library, plan: Plan, at: Date): Promise<void> {
  const templates = publishedTemplates(plan).map(({ key, version }) => `${key} ${version}`);
  for (const { source, version, message, cause, by } of plan.versions) {
    if (cause.kind === 'shared') continue;
    const earlier = library.published.get(sourceName(source));
    const [before, after] = [earlier ? textsOf(earlier.source) : new Map<string, string>(), textsOf(source)];
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      part => before.get(part) !== after.get(part),
    );
    const changedParts = (texts: ReadonlyMap<string, string>) =>
      Object.fromEntries(changed.map(part => [part, texts.get(part) ?? null]));
    await recordChange(trx, {
      by,
      at,
      action: `${source.kind}.${cause.kind === 'restore' ? 'restore' : 'publish'}`,
      subject: sourceName(source),
      before: earlier ? { version: earlier.version, ...changedParts(before) } : null,
      after: { version, message, cause, templates, ...changedParts(after) },
    });
  }
}

function publishedTemplates({ templates }: Plan): PublishedTemplate[] {
  return templates.map(({ version, content }) => ({ key: content.key, version }));
}
