import { MailError } from '../../error.ts';
import { categoryPolicy } from '../../routing/policy.ts';
import { isError } from '../issue.ts';
import { refOf, type Source, sourceName } from '../language/source.ts';
import type { FileDifference, SyncResult, TemplateIssue } from './api.ts';
import type { AuthoringContext } from './context.ts';
import { markSynced } from './drafts-store.ts';
import {
  type ComparedSource,
  compareFiles,
  describeDifference,
  isChangedInFile,
  isDifference,
} from './file-comparison.ts';
import { compositionError, fileOf, type SourceFolders } from './file-names.ts';
import { readSourceVersion } from './history-store.ts';
import type { Plan } from './plan.ts';
import { allIssues } from './publications.ts';
import { type PublishResult, publishChanges } from './publish-changes.ts';
import { readAllFiles, writeToFolder } from './source-folders.ts';
import { assertSendable } from './validate.ts';

/**
 * Publishes what changed in the files and nowhere else, unless it cannot be sent. What changed in the database stays, and
 * where both changed a warning says so. Returns the names of what was published. Throws `invalid-template` and
 * `unknown-category`.
 */
export async function importFiles(context: AuthoringContext): Promise<string[]> {
  const files = await readAllFiles(context.folders);
  const compared = await compareFiles(context.db, files);
  const conflicts = compared.filter(({ state }) => state === 'conflict').map(({ ref }) => sourceName(ref));
  if (conflicts.length > 0) {
    context.log.warn(
      { sources: conflicts },
      'changed both in files and in the database, which stays: see `postlane templates diff`',
    );
  }
  await markSynced(
    context.db,
    compared.filter(({ becameEqual }) => becameEqual).map(({ ref }) => ref),
  );
  if (!compared.some(isChangedInFile)) return [];
  const request = { by: 'files', force: new Set<string>() };
  const result = await publishFiles(context, files, request, async (plan, own) => {
    assertPublishable(context, plan, own);
    return [];
  });
  return result.state === 'published' ? result.versions.map(({ source }) => sourceName(source)) : [];
}

/** Everything in which files and database differ. */
export async function diffFiles(context: AuthoringContext): Promise<FileDifference[]> {
  const { db, folders } = context;
  const compared = await compareFiles(db, await readAllFiles(folders));
  return Promise.all(compared.filter(isDifference).map(one => describeDifference(context, one)));
}

/** What changed on both sides. Files that are faulty or were not deployed are no reason to fail a page. */
export async function conflictsOf(context: AuthoringContext): Promise<FileDifference[]> {
  const { db, folders, log } = context;
  try {
    const compared = await compareFiles(db, await readAllFiles(folders));
    const conflicts = compared.filter(isDifference).filter(({ state }) => state === 'conflict');
    return await Promise.all(conflicts.map(one => describeDifference(context, one)));
  } catch (err) {
    if (isMissing(err)) return [];
    if (!(err instanceof MailError)) throw err;
    log.warn({ err }, 'the template files cannot be read');
    return [];
  }
}

/** Publishes what changed in the files, and whatever is forced. */
export async function pushFiles(
  context: AuthoringContext,
  { by, force = [] }: { by: string; force?: readonly string[] },
): Promise<SyncResult> {
  const files = await readAllFiles(context.folders);
  const request = { by, force: new Set(force) };
  const result = await publishFiles(context, files, request, (plan, own) => allIssues(context, plan, own));
  const differing = await diffFiles(context);
  const remaining = differing.filter(({ state }) => state === 'conflict' || state === 'database');
  if (result.state === 'refused')
    return {
      applied: [],
      remaining,
      issues: result.issues.filter(isError).map(located(context.folders, files)),
    };
  const published = result.state === 'published' ? result.versions : [];
  const applied = published.filter(({ cause }) => cause.kind === 'files').map(({ source }) => refOf(source));
  return { applied, remaining, issues: [] };
}

/** Writes what changed in the database into the files, and whatever is forced. */
export async function pullFiles(
  context: AuthoringContext,
  { force = [] }: { force?: readonly string[] } = {},
): Promise<SyncResult> {
  const { db, folders } = context;
  const differing = (await compareFiles(db, await readAllFiles(folders))).filter(isDifference);
  const isWanted = ({ state, ref }: ComparedSource) =>
    state === 'database' || state === 'only-database' || force.includes(sourceName(ref));
  const applied: SyncResult['applied'] = [];
  for (const { ref, version } of differing.filter(isWanted)) {
    const stored = version === null ? null : await readSourceVersion(db, ref, version);
    if (!stored) continue;
    if (await writeToFolder(folders, stored.source)) applied.push(ref);
  }
  const rest = differing.filter(({ ref }) => !applied.includes(ref));
  const remaining = await Promise.all(rest.map(one => describeDifference(context, one)));
  return { applied, remaining, issues: [] };
}

function publishFiles(
  context: AuthoringContext,
  files: readonly Source[],
  { by, force }: { by: string; force: ReadonlySet<string> },
  check: (plan: Plan, own: readonly TemplateIssue[]) => Promise<TemplateIssue[]>,
): Promise<PublishResult> {
  return publishChanges(context, {
    acceptWarnings: true,
    check,
    async read() {
      // Compared again in each attempt: another process may have published the same files meanwhile.
      const compared = await compareFiles(context.db, files);
      const wanted = compared.filter(one => isChangedInFile(one) || force.has(sourceName(one.ref)));
      const sources = wanted.flatMap(({ file }) => file ?? []);
      return sources.map(source => ({
        source,
        cause: { kind: 'files' },
        message: 'Taken from the files.',
        by,
      }));
    },
  });
}

function located(folders: SourceFolders, files: readonly Source[]) {
  return (one: TemplateIssue) => {
    const own = files.find(({ kind, key }) => kind === 'template' && key === one.template) as
      | Source<'template'>
      | undefined;
    const template = { key: one.template, layout: own?.content.layout ?? one.template };
    return { ...one, file: fileOf(folders, template, one) };
  };
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** The files were reviewed as code; only what cannot be sent at all is refused. */
function assertPublishable(
  { folders, policy }: AuthoringContext,
  { affected }: Plan,
  own: readonly TemplateIssue[],
): void {
  for (const { key, layout, content, issues } of affected) {
    if (!content || issues.length > 0) throw compositionError(folders, { key, layout }, issues);
  }
  const [first] = own;
  if (first) {
    const file = fileOf(folders, { key: first.template, layout: first.template }, first);
    throw new MailError('invalid-template', `${file}, line ${first.line}: ${first.message}`, first.part);
  }
  for (const { content } of affected) {
    if (!content) continue;
    categoryPolicy(policy, content.category);
    assertSendable(content);
  }
}
