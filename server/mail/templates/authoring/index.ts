import type { MailContext } from '../../context.ts';
import { compose } from '../language/compose.ts';
import { type Source, type SourceRef, sourceName } from '../language/source.ts';
import type { Authoring, Candidate } from './api.ts';
import { createSource, discardDraft, saveDraft } from './drafts.ts';
import { conflictsOf, diffFiles, pullFiles, pushFiles, takeFiles } from './files.ts';
import { diffVersions, historyOf } from './history.ts';
import { createLibrary } from './library.ts';
import { listSources } from './list.ts';
import { compileSource } from './mjml.ts';
import { publishDraft, restoreVersion, reviewSource } from './publications.ts';
import type { Studio, StudioChecks } from './studio.ts';
import { versionOf, viewOf } from './view.ts';

/** See {@link Authoring}. `folder` holds the template files. */
export function createAuthoring(
  { db, now, log, policy, templates }: Pick<MailContext, 'db' | 'now' | 'log' | 'policy' | 'templates'>,
  { folder, checks }: { folder: string; checks: StudioChecks },
): Authoring {
  const library = createLibrary(db);
  const studio: Studio = { db, now, log, policy, checks, folder, library, refresh: templates.refresh };
  return {
    list: kind => listSources(studio, kind),
    get: ref => viewOf(db, ref),
    create: (source, options) => createSource(studio, source, options),
    saveDraft: (source, options) => saveDraft(studio, source, options),
    discardDraft: (ref, options) => discardDraft(studio, ref, options),
    publish: (ref, options) => publishDraft(studio, ref, options),
    restore: (ref, version, options) => restoreVersion(studio, ref, version, options),
    review: source => reviewSource(studio, source),
    compose: (source, key) => composeWith(studio, source, key),
    usedBy: async ref => (await library()).uses.get(sourceName(ref)) ?? [],
    versions: (ref, page) => historyOf(studio, ref, page),
    version: (ref, version) => versionOf(db, ref, version),
    diff: (ref, from, to) => diffVersions(studio, ref, from, to),
    conflicts: () => conflictsOf(studio),
    files: {
      take: () => takeFiles(studio),
      diff: () => diffFiles(studio),
      push: options => pushFiles(studio, options),
      pull: options => pullFiles(studio, options),
    },
  };
}

/** One template as it would be with a source published, unchecked. */
async function composeWith(studio: Studio, input: Source, key: string): Promise<Candidate | null> {
  const { sources } = await studio.library();
  const { source } = await compileSource(studio, input);
  const ref: SourceRef = { kind: 'template', key };
  const before = sources.get(sourceName(ref)) as Source<'template'> | undefined;
  const next = new Map(sources).set(sourceName(source), source);
  const after = next.get(sourceName(ref)) as Source<'template'> | undefined;
  if (!after) return null;
  const published = before ? compose(before, sources).content : null;
  return { key, content: compose(after, next).content, published, faults: [] };
}
