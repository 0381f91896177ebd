import { MailError } from '../../error.ts';
import { type Cause, type Source, type SourceRef, sourceHash, sourceName } from '../language/source.ts';
import type { Candidate, Conflict, Publication, PublishOptions, TemplateFault } from './api.ts';
import { conflict } from './drafts.ts';
import { dropDraft, readDraft } from './drafts-store.ts';
import { examine, sourceFaults } from './examine.ts';
import { readSourceVersion } from './history-store.ts';
import type { Library } from './library.ts';
import { compileSource } from './mjml.ts';
import { planPublication } from './plan.ts';
import { publishChanges, type Result } from './publish.ts';
import type { Studio } from './studio.ts';
import { refOf } from './view.ts';

/** Publishes a draft as the next version. */
export async function publishDraft(
  studio: Studio,
  ref: SourceRef,
  options: PublishOptions,
): Promise<Publication> {
  let isOutdated = false;
  const draftNow = async (library: Library): Promise<Source | 'stale'> => {
    const head = await readDraft(studio.db, ref);
    if (!head) throw unknown(ref);
    if (head.revision !== options.revision) return 'stale';
    if (!head.draft) throw new MailError('wrong-state', `${ref.key} has no draft to publish.`, 'key');
    isOutdated = await changedSince(studio, library, ref, head.draftBase);
    return isOutdated ? 'stale' : ({ ...refOf(ref), content: head.draft } as Source);
  };
  const publication = await publishOne(studio, ref, options, { kind: 'edit' }, draftNow);
  if (publication === 'stale') return conflict(studio, ref, isOutdated ? 'base' : 'revision');
  if (publication.state === 'unchanged') await dropDraft(studio.db, ref, options.revision);
  return publication;
}

/** Publishes an earlier version again. */
export async function restoreVersion(
  studio: Studio,
  ref: SourceRef,
  version: number,
  options: PublishOptions,
): Promise<Publication> {
  const stored = await readSourceVersion(studio.db, ref, version);
  if (!stored) throw new MailError('unknown-template', `${ref.key} has no version ${version}.`, 'version');
  const publication = await publishOne(studio, ref, options, { kind: 'restore', version }, async () => {
    const head = await readDraft(studio.db, ref);
    return head?.revision === options.revision ? stored.source : 'stale';
  });
  return publication === 'stale' ? conflict(studio, ref) : publication;
}

/** Every template as it would be with this source published. */
export async function reviewSource(studio: Studio, input: Source): Promise<Candidate[]> {
  const { source, faults } = await compileSource(studio, input);
  const change = { source, cause: { kind: 'edit' } as const, message: '', by: '' };
  const { touched } = planPublication(await studio.library(), [change]);
  const own = sourceFaults(source, faults);
  const candidates = await examine(studio, touched);
  return candidates.map(one => (one.key === source.key ? { ...one, faults: [...own, ...one.faults] } : one));
}

async function publishOne(
  studio: Studio,
  ref: SourceRef,
  { message, by, revision, acceptWarnings = false }: PublishOptions,
  cause: Cause,
  read: (library: Library) => Promise<Source | 'stale'>,
): Promise<Publication | 'stale'> {
  checkMessage(message);
  let own: TemplateFault[] = [];
  let warnings: TemplateFault[] = [];
  const result = await publishChanges(studio, {
    guard: { ref, revision, dropDraft: cause.kind === 'edit' },
    async changes(library) {
      const found = await read(library);
      if (found === 'stale') return found;
      const { source, faults } = await compileSource(studio, found);
      own = sourceFaults(source, faults);
      return [{ source, cause, message: message.trim(), by }];
    },
    async faults({ touched }) {
      const faults = [...own, ...(await examine(studio, touched)).flatMap(candidate => candidate.faults)];
      const errors = faults.filter(({ severity }) => severity === 'error');
      warnings = faults.filter(({ severity }) => severity === 'warning');
      return errors.length > 0 || !acceptWarnings ? [...errors, ...warnings] : [];
    },
  });
  return outcome(result, ref, warnings, (await studio.library()).published.get(sourceName(ref))?.version);
}

function outcome(
  result: Result,
  ref: SourceRef,
  warnings: TemplateFault[],
  current: number | undefined,
): Exclude<Publication, Conflict> | 'stale' {
  switch (result.state) {
    case 'stale':
      return 'stale';
    case 'refused':
      return result;
    case 'unchanged':
      return { state: 'unchanged', version: current ?? 0 };
    case 'published': {
      const own = result.versions.find(({ source }) => sourceName(source) === sourceName(ref));
      return { state: 'published', version: own?.version ?? 0, templates: result.templates, warnings };
    }
  }
}

/** Whether the published source says something else than the version on which a draft was begun. */
async function changedSince(
  studio: Studio,
  library: Library,
  ref: SourceRef,
  base: number | null,
): Promise<boolean> {
  const published = library.published.get(sourceName(ref));
  if (!published || published.version === base) return false;
  const begun = base === null ? null : await readSourceVersion(studio.db, ref, base);
  return !begun || sourceHash(begun.source) !== published.hash;
}

function checkMessage(message: string): void {
  const length = message.trim().length;
  if (length > 0 && length <= 500) return;
  throw new MailError('invalid-input', 'Say in 1 to 500 characters what this version changes.', 'message');
}

function unknown({ kind, key }: SourceRef): MailError {
  return new MailError('unknown-template', `There is no ${kind} ${key}.`, 'key');
}
