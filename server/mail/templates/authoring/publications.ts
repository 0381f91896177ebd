import { MailError } from '../../error.ts';
import { isError } from '../issue.ts';
import {
  type Cause,
  refOf,
  type Source,
  type SourceRef,
  sourceHash,
  sourceName,
} from '../language/source.ts';
import type { Wanted } from '../preview/draft-checks.ts';
import type { Candidate, Publication, PublishOptions, TemplateIssue } from './api.ts';
import type { AuthoringContext } from './context.ts';
import { conflict } from './drafts.ts';
import { dropDraft, readDraft } from './drafts-store.ts';
import { readSourceVersion } from './history-store.ts';
import { type Plan, planPublication } from './plan.ts';
import { type Decide, publishChanges, type Stale } from './publish-changes.ts';
import type { PublishedSources } from './published-sources.ts';
import { compileSource, readUnpublished } from './unpublished.ts';
import { foundIssues, sourceIssues, validate } from './validate.ts';

/** How to publish, and who has a say in it. */
export interface DecidedOptions extends PublishOptions {
  decide?: Decide;
}

/** Publishes a draft as the next version. */
export async function publishDraft(
  context: AuthoringContext,
  ref: SourceRef,
  options: DecidedOptions,
): Promise<Publication> {
  const publication = await publishOne(context, ref, options, { kind: 'edit' }, async published => {
    const head = await readDraft(context.db, ref);
    if (!head) throw unknown(ref);
    if (head.revision !== options.revision) return { stale: 'revision' };
    if (!head.draft) throw new MailError('wrong-state', `${ref.key} has no draft to publish.`, 'key');
    if (await changedSince(context, published, ref, head.draftBase)) return { stale: 'base' };
    return { ...refOf(ref), content: head.draft } as Source;
  });
  if (publication.state === 'unchanged') await dropDraft(context.db, ref, options.revision);
  return publication;
}

/** Publishes an earlier version again. */
export async function restoreVersion(
  context: AuthoringContext,
  ref: SourceRef,
  version: number,
  options: DecidedOptions,
): Promise<Publication> {
  const stored = await readSourceVersion(context.db, ref, version);
  if (!stored) throw new MailError('unknown-template', `${ref.key} has no version ${version}.`, 'version');
  return publishOne(context, ref, options, { kind: 'restore', version }, async () => {
    const head = await readDraft(context.db, ref);
    return head?.revision === options.revision ? stored.source : { stale: 'revision' };
  });
}

/** Every template as it would be with this source published. */
export async function reviewSource(
  context: AuthoringContext,
  input: Source,
  wanted?: Wanted,
): Promise<Candidate[]> {
  const { key } = input;
  const over = foundIssues(input);
  if (over.length > 0) return [{ key, content: null, published: null, issues: over }];
  const { source, issues } = await compileSource(context, input, wanted);
  const read = await readUnpublished(context, source, wanted);
  const change = { ...read, cause: { kind: 'edit' } as const, message: '', by: '' };
  const { affected } = await planPublication(await context.published(), [change]);
  const own = sourceIssues(context, read, issues);
  const candidates = await validate(context, affected, wanted);
  // What no template uses is told of all the same.
  if (candidates.length === 0 && own.length > 0)
    return [{ key, content: null, published: null, issues: own }];
  return candidates.map(one => (one.key === key ? { ...one, issues: [...own, ...one.issues] } : one));
}

async function publishOne(
  context: AuthoringContext,
  ref: SourceRef,
  { message, by, revision, acceptWarnings = false, decide }: DecidedOptions,
  cause: Cause,
  read: (published: PublishedSources) => Promise<Source | Stale>,
): Promise<Publication> {
  checkMessage(message);
  const result = await publishChanges(context, {
    acceptWarnings,
    decide,
    guard: { ref, revision, dropDraft: cause.kind === 'edit' },
    check: (plan, own) => allIssues(context, plan, own),
    async read(published) {
      const source = await read(published);
      return 'stale' in source ? source : [{ source, cause, message: message.trim(), by }];
    },
  });
  switch (result.state) {
    case 'stale':
      return conflict(context, ref, result.reason);
    case 'refused':
      return { state: 'refused', issues: errorsFirst(result.issues) };
    case 'unchanged': {
      const current = result.published.versions.get(sourceName(ref));
      return { state: 'unchanged', version: current?.version ?? 0 };
    }
    case 'published': {
      const own = result.versions.find(({ source }) => sourceName(source) === sourceName(ref));
      const { templates, issues: warnings } = result;
      return { state: 'published', version: own?.version ?? 0, templates, warnings };
    }
  }
}

/** Issues of the changed sources by themselves, then of the templates that they affect. */
export async function allIssues(
  context: AuthoringContext,
  { affected }: Plan,
  own: readonly TemplateIssue[],
): Promise<TemplateIssue[]> {
  const candidates = await validate(context, affected);
  return [...own, ...candidates.flatMap(({ issues }) => issues)];
}

function errorsFirst(issues: readonly TemplateIssue[]): TemplateIssue[] {
  return [...issues.filter(isError), ...issues.filter(one => !isError(one))];
}

/** Whether the published source says something else than the version on which a draft was begun. */
async function changedSince(
  { db }: AuthoringContext,
  { versions }: PublishedSources,
  ref: SourceRef,
  base: number | null,
): Promise<boolean> {
  const published = versions.get(sourceName(ref));
  if (!published || published.version === base) return false;
  const begun = base === null ? null : await readSourceVersion(db, ref, base);
  return !begun || sourceHash(begun.source) !== published.hash;
}

function checkMessage(message: string): void {
  const length = message.trim().length;
  if (length > 0 && length <= 500) return;
  throw new MailError(
    'invalid-input',
    'Describe in 1 to 500 characters what this version changes.',
    'message',
  );
}

function unknown({ kind, key }: SourceRef): MailError {
  return new MailError('unknown-template', `There is no ${kind} ${key}.`, 'key');
}
