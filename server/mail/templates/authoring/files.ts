import { MailError } from '../../error.ts';
import { type Source, sourceName } from '../language/source.ts';
import type { FileDifference, TemplateFault, Transfer } from './api.ts';
import { agreeWithFiles } from './drafts-store.ts';
import { examine, sourceFaults } from './examine.ts';
import { type Compared, compareFiles, describeDifference, isDifference } from './file-comparison.ts';
import { writeSourceFiles } from './file-writing.ts';
import { readSourceVersion } from './history-store.ts';
import { compileSource } from './mjml.ts';
import { mustHold } from './must-hold.ts';
import type { Plan } from './plan.ts';
import { publishChanges } from './publish.ts';
import type { Studio } from './studio.ts';
import { compositionError, readSourceFiles } from './template-files.ts';

/**
 * At the start: publishes what changed in the files and nowhere else. What changed in the database stays, and where
 * both changed a warning says so. Returns the names of what was published. Throws `invalid-template`.
 */
export async function takeFiles(studio: Studio): Promise<string[]> {
  const files = await readSourceFiles(studio.folder);
  const compared = await compareFiles(studio.db, files);
  const conflicts = compared.filter(({ state }) => state === 'conflict').map(({ ref }) => sourceName(ref));
  if (conflicts.length > 0) {
    studio.log.warn(
      { sources: conflicts },
      'changed both in files and in the database, which stays: see `postlane templates diff`',
    );
  }
  await agreeWithFiles(
    studio.db,
    compared.filter(({ newlyAgreed }) => newlyAgreed).map(({ ref }) => ref),
  );
  if (!compared.some(isNews)) return [];
  const wish = { by: 'files', force: new Set<string>() };
  const result = await publishFiles(studio, files, wish, async (plan, own) => {
    throwFaults(plan, own);
    return [];
  });
  return result.state === 'published' ? result.versions.map(({ source }) => sourceName(source)) : [];
}

/** Everything in which files and database differ. */
export async function diffFiles({ db, folder }: Studio): Promise<FileDifference[]> {
  const compared = await compareFiles(db, await readSourceFiles(folder));
  return Promise.all(compared.filter(isDifference).map(one => describeDifference(db, one)));
}

/** What changed on both sides. Files that cannot be read now were read at the start: no reason to fail a page. */
export async function conflictsOf({ db, folder, log }: Studio): Promise<FileDifference[]> {
  try {
    const compared = await compareFiles(db, await readSourceFiles(folder));
    const conflicts = compared.filter(isDifference).filter(({ state }) => state === 'conflict');
    return await Promise.all(conflicts.map(one => describeDifference(db, one)));
  } catch (err) {
    if (!(err instanceof MailError)) throw err;
    log.warn({ err }, 'the template files cannot be read');
    return [];
  }
}

/** Publishes what changed in the files, and whatever is forced. */
export async function pushFiles(
  studio: Studio,
  { by, force = [] }: { by: string; force?: readonly string[] },
): Promise<Transfer> {
  const files = await readSourceFiles(studio.folder);
  const wish = { by, force: new Set(force) };
  const result = await publishFiles(studio, files, wish, async ({ touched }, own) => {
    const candidates = await examine(studio, touched);
    const faults = [...own, ...candidates.flatMap(candidate => candidate.faults)];
    return faults.filter(({ severity }) => severity === 'error');
  });
  const left = (await diffFiles(studio)).filter(({ state }) => state === 'conflict' || state === 'database');
  if (result.state === 'refused') return { taken: [], left, faults: result.faults };
  const taken = result.state === 'published' ? result.versions : [];
  return {
    taken: taken
      .filter(({ cause }) => cause.kind === 'files')
      .map(({ source: { kind, key } }) => ({ kind, key })),
    left,
    faults: [],
  };
}

/** Writes what changed in the database into the files, and whatever is forced. */
export async function pullFiles(
  { db, folder }: Studio,
  { force = [] }: { force?: readonly string[] } = {},
): Promise<Transfer> {
  const differing = (await compareFiles(db, await readSourceFiles(folder))).filter(isDifference);
  const isWanted = ({ state, ref }: Compared) =>
    state === 'database' || state === 'only-database' || force.includes(sourceName(ref));
  const taken: Transfer['taken'] = [];
  for (const { ref, version } of differing.filter(isWanted)) {
    const stored = version === null ? null : await readSourceVersion(db, ref, version);
    if (!stored) continue;
    await writeSourceFiles(folder, stored.source);
    taken.push(ref);
  }
  const left = differing.filter(({ ref }) => !taken.includes(ref));
  return { taken, left: await Promise.all(left.map(one => describeDifference(db, one))), faults: [] };
}

function publishFiles(
  studio: Studio,
  files: readonly Source[],
  { by, force }: { by: string; force: ReadonlySet<string> },
  faults: (plan: Plan, own: TemplateFault[]) => Promise<TemplateFault[]>,
) {
  let own: TemplateFault[] = [];
  return publishChanges(studio, {
    faults: plan => faults(plan, own),
    async changes() {
      // Compared anew in each round: another process may have taken the same files meanwhile.
      const compared = await compareFiles(studio.db, files);
      const wanted = compared.filter(one => isNews(one) || force.has(sourceName(one.ref)));
      const sources = wanted.flatMap(({ file }) => (file ? [file] : []));
      const compiled = await Promise.all(sources.map(source => compileSource(studio, source)));
      own = compiled.flatMap(one => sourceFaults(one.source, one.faults));
      const cause = { kind: 'files' } as const;
      return compiled.map(({ source }) => ({ source, cause, message: 'Taken from the files.', by }));
    },
  });
}

function isNews({ state }: Compared): boolean {
  return state === 'file' || state === 'only-file';
}

/** The files were reviewed as code; only what cannot be sent at all stops a start. */
function throwFaults({ touched }: Plan, own: readonly TemplateFault[]): void {
  for (const { content, faults } of touched) {
    if (!content || faults.length > 0) throw compositionError(faults);
  }
  const [fault] = own;
  if (fault) {
    const place = `templates, ${fault.template}, ${fault.part}, line ${fault.line}`;
    throw new MailError('invalid-template', `${place}: ${fault.message}`, fault.part);
  }
  for (const { content } of touched) if (content) mustHold(content);
}
