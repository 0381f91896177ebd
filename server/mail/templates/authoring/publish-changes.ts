import pLimit from 'p-limit';
import type { Db, Trx } from '../../../../db/connect.ts';
import { MailError } from '../../error.ts';
import { recordChange } from '../../shared/audit-store.ts';
import { inTransaction } from '../../shared/transaction.ts';
import { isError } from '../issue.ts';
import { type SourceRef, sourceName, textsOf } from '../language/source.ts';
import type { Conflict, PublishedTemplate, TemplateIssue } from './api.ts';
import type { AuthoringContext } from './context.ts';
import { dropDraft, lockRevision } from './drafts-store.ts';
import { refuseConfiguredPlaceholders } from './placeholders.ts';
import { type Change, type Plan, planPublication, type ReadChange } from './plan.ts';
import {
  advanceRevision,
  insertTemplateVersions,
  insertVersions,
  lockPublications,
  type NewVersion,
} from './publications-store.ts';
import type { PublishedSources } from './published-sources.ts';
import { compileSource, readUnpublished } from './unpublished.ts';
import { foundIssues, sourceIssues } from './validate.ts';

/** What to publish, and how. */
export interface PublishRequest {
  /** The changes, seen from what is published now; read again when somebody else published meanwhile. */
  read(published: PublishedSources): Promise<readonly Change[] | Stale>;
  /** Issues of the plan, and of its changed sources by themselves. */
  check(plan: Plan, own: readonly TemplateIssue[]): Promise<TemplateIssue[]>;
  /** Publish in spite of warnings. */
  acceptWarnings: boolean;
  /** The draft that is published, or the source that somebody looked at: stale when it has another revision. */
  guard?: { ref: SourceRef; revision: number; dropDraft: boolean };
  decide?: Decide | undefined;
}

/** Asked in the transaction that publishes, under its locks; where it says no nothing is published, as when stale. */
export type Decide = (trx: Trx, plan: Plan) => Promise<boolean>;

/** Somebody else was quicker. */
export interface Stale {
  stale: Conflict['reason'];
}

/** What became of it. */
export type PublishResult =
  | { state: 'published'; versions: NewVersion[]; templates: PublishedTemplate[]; issues: TemplateIssue[] }
  | { state: 'refused'; issues: TemplateIssue[] }
  | { state: 'stale'; reason: Conflict['reason'] }
  | { state: 'unchanged'; published: PublishedSources };

// Each attempt is lost to another publication that won, so somebody always gets ahead.
const maxAttempts = 10;

/**
 * Publishes several sources and every template that they affect, all or nothing. Checked outside of any transaction,
 * against a revision that must still be the current one when it is written: of two who publish at once one wins, and
 * the other starts over with what the first has changed.
 */
export async function publishChanges(
  context: AuthoringContext,
  request: PublishRequest,
): Promise<PublishResult> {
  if (context.production) refuseConfiguredPlaceholders(context.brands);
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    const published = await context.published();
    const changes = await request.read(published);
    if ('stale' in changes) return { state: 'stale', reason: changes.stale };
    const over = changes.flatMap(({ source }) => foundIssues(source));
    if (over.length > 0) return { state: 'refused', issues: over };
    const compiled = await compileChanges(context, changes);
    const plan = await planPublication(published, compiled.changes);
    if (plan.versions.length === 0) return { state: 'unchanged', published };
    const issues = await request.check(plan, compiled.issues);
    if (issues.some(one => isError(one) || !request.acceptWarnings)) return { state: 'refused', issues };

    const committed = await commit(context, published, plan, request);
    if (committed === 'overtaken') continue;
    if (committed === 'stale') return { state: 'stale', reason: 'revision' };
    context.refresh();
    return { state: 'published', versions: plan.versions, templates: publishedTemplates(plan), issues };
  }
  throw new MailError('wrong-state', 'Others are publishing at the same time. Try again in a moment.');
}

async function compileChanges(
  context: AuthoringContext,
  changes: readonly Change[],
): Promise<{ changes: ReadChange[]; issues: TemplateIssue[] }> {
  const next = pLimit(parallel);
  const compiled = await Promise.all(
    changes.map(change =>
      next(async () => {
        const { source, issues } = await compileSource(context, change.source);
        const read = await readUnpublished(context, source);
        return { change: { ...change, ...read }, issues: sourceIssues(context, read, issues) };
      }),
    ),
  );
  return {
    changes: compiled.map(({ change }) => change),
    issues: compiled.flatMap(({ issues }) => issues),
  };
}

/** Several sources are read at once, as the pool has threads. */
const parallel = 2;

function commit(
  { db, now }: AuthoringContext,
  published: PublishedSources,
  plan: Plan,
  { guard, decide }: Pick<PublishRequest, 'guard' | 'decide'>,
): Promise<'committed' | 'overtaken' | 'stale'> {
  const at = now();
  return inTransaction(db, async trx => {
    if ((await lockPublications(trx)) !== plan.revision) return 'overtaken';
    if (guard && (await lockRevision(trx, guard.ref)) !== guard.revision) return 'stale';
    if (decide && !(await decide(trx, plan))) return 'stale';
    await insertVersions(trx, plan.versions, at);
    await insertTemplateVersions(trx, plan.templates, at);
    if (guard?.dropDraft) await dropDraft(trx, guard.ref, guard.revision);
    await recordPublication(trx, published, plan, at);
    await advanceRevision(trx);
    return 'committed';
  });
}

/** One entry for each source that somebody changed; the templates they touch are named in it. */
async function recordPublication(trx: Db, published: PublishedSources, plan: Plan, at: Date): Promise<void> {
  const templates = publishedTemplates(plan).map(({ key, version }) => `${key} ${version}`);
  for (const { source, version, message, cause, by } of plan.versions) {
    if (cause.kind === 'shared') continue;
    const earlier = published.versions.get(sourceName(source));
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
