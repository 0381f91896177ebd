import type { TemplatesContext } from '../context.ts';
import { compose } from '../language/compose.ts';
import { type Source, type SourceRef, sourceName } from '../language/source.ts';
import type { Authoring, Candidate } from './api.ts';
import type { AuthoringChecks, AuthoringContext } from './context.ts';
import { createSource, discardDraft, saveDraft } from './drafts.ts';
import type { SourceFolders } from './file-names.ts';
import { conflictsOf, diffFiles, importFiles, pullFiles, pushFiles } from './files.ts';
import { diffVersions, historyOf } from './history.ts';
import { publishDraft, restoreVersion, reviewSource } from './publications.ts';
import { createPublishedSources, listSources, versionOf, viewOf } from './published-sources.ts';
import { compileSource } from './validate.ts';

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
    review: source => reviewSource(context, source),
    compose: (source, key) => composeWith(context, source, key),
    usedBy: async ref => (await published()).uses.get(sourceName(ref)) ?? [],
    versions: (ref, page) => historyOf(context, ref, page),
    version: (ref, version) => versionOf(db, ref, version),
    diff: (ref, from, to) => diffVersions(context, ref, from, to),
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
async function composeWith(context: AuthoringContext, input: Source, key: string): Promise<Candidate | null> {
  const { sources } = await context.published();
  const { source } = await compileSource(context, input);
  const ref: SourceRef = { kind: 'template', key };
  const before = sources.get(sourceName(ref)) as Source<'template'> | undefined;
  const next = new Map(sources).set(sourceName(source), source);
  const after = next.get(sourceName(ref)) as Source<'template'> | undefined;
  if (!after) return null;
  const published = before ? compose(before, sources).content : null;
  return { key, content: compose(after, next).content, published, issues: [] };
}
