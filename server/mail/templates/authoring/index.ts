import type { TemplatesContext } from '../context.ts';
import { compose, find } from '../language/compose.ts';
import { type Source, sourceName } from '../language/source.ts';
import type { Wanted } from '../preview/draft-checks.ts';
import type { Authoring, Candidate } from './api.ts';
import type { AuthoringChecks, AuthoringContext } from './context.ts';
import { createSource, discardDraft, saveDraft } from './drafts.ts';
import type { SourceFolders } from './file-names.ts';
import { conflictsOf, diffFiles, importFiles, pullFiles, pushFiles } from './files.ts';
import { diffVersions, historyOf } from './history.ts';
import { publishDraft, restoreVersion, reviewSource } from './publications.ts';
import { createPublishedSources, listSources, versionOf, viewOf } from './published-sources.ts';
import { compileSource, readUnpublished } from './unpublished.ts';
import { foundIssues } from './validate.ts';

/** See {@link Authoring}. `folder` holds the template files, and `brandFolders` by brand those of its own. */
export function createAuthoring(
  from: Pick<TemplatesContext, 'db' | 'now' | 'log' | 'policy' | 'brands' | 'production' | 'templates'>,
  {
    folder,
    brandFolders = {},
    checks,
  }: { folder: string; brandFolders?: SourceFolders['brands']; checks: AuthoringChecks },
): Authoring {
  const { db, now, log, policy, production, templates } = from;
  const published = createPublishedSources(db);
  const folders = { common: folder, brands: brandFolders };
  const context = {
    db,
    now,
    log,
    policy,
    brands: from.brands.all,
    production,
    checks,
    folders,
    published,
    refresh: templates.refresh,
  };
  return {
    list: async kind => listSources(db, kind, await published()),
    get: ref => viewOf(db, ref),
    create: (source, options) => createSource(context, source, options),
    saveDraft: (source, options) => saveDraft(context, source, options),
    discardDraft: (ref, options) => discardDraft(context, ref, options),
    publish: (ref, options) => publishDraft(context, ref, options),
    restore: (ref, version, options) => restoreVersion(context, ref, version, options),
    review: (source, options) => reviewSource(context, source, options),
    compose: (source, key, options) => composeWith(context, source, key, options),
    usedBy: async ref => (await published()).uses.get(sourceName(ref)) ?? [],
    versions: (ref, page) => historyOf(context, ref, page),
    version: (ref, version) => versionOf(db, ref, version),
    diff: (ref, from, to, { signal } = {}) => diffVersions(context, ref, { from, to, signal }),
    conflicts: () => conflictsOf(context),
    files: {
      import: () => importFiles(context),
      diff: () => diffFiles(context),
      push: options => pushFiles(context, options),
      pull: options => pullFiles(context, options),
    },
  };
}

/** One template as it would be with a source published, unchecked. */
async function composeWith(
  context: AuthoringContext,
  input: Source,
  key: string,
  wanted?: Wanted,
): Promise<Candidate | null> {
  const { sources } = await context.published();
  const before = find(sources, 'template', key);
  const published = before ? compose(before, sources).content : null;
  const over = foundIssues(input);
  if (over.length > 0) return { key, content: null, published, issues: over };
  const { source } = await compileSource(context, input, wanted);
  const read = await readUnpublished(context, source, wanted);
  const next = new Map(sources).set(sourceName(source), read);
  const after = find(next, 'template', key);
  if (!after) return null;
  return { key, content: compose(after, next).content, published, issues: [] };
}
