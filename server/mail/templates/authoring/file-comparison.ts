import type { Db } from '../../../../db/connect.ts';
import { shownWithinBounds } from '../language/bounds.ts';
import {
  type Cause,
  refOf,
  type Source,
  type SourceRef,
  sourceHash,
  sourceName,
  textsOf,
} from '../language/source.ts';
import type { FileDifference, FileState } from './api.ts';
import type { AuthoringContext } from './context.ts';
import { listVersions, readPublishedHashes, readSourceVersion } from './history-store.ts';

/** A source in files, in the database, or both. */
export interface ComparedSource {
  ref: SourceRef;
  state: FileState;
  file: Source | null;
  /** The published version; null when there is none. */
  version: number | null;
  /** The version in which both last said the same; null when they never did. */
  agreedVersion: number | null;
  /** True when both say the same and nobody has noted it yet. */
  becameEqual: boolean;
}

/** Every source of files and database, compared. */
export async function compareFiles(db: Db, files: readonly Source[]): Promise<ComparedSource[]> {
  const published = new Map((await readPublishedHashes(db)).map(entry => [sourceName(entry), entry]));
  const compared: ComparedSource[] = [];
  for (const file of files) {
    const known = published.get(sourceName(file));
    published.delete(sourceName(file));
    const version = known?.version ?? null;
    const state = known ? await stateOf(db, file, known) : 'only-file';
    const becameEqual = state === 'same' && known?.fileVersion !== version;
    const agreedVersion = known?.fileVersion ?? null;
    compared.push({ ref: refOf(file), state, file, version, agreedVersion, becameEqual });
  }
  const rest = [...published.values()].map(({ version, ...ref }) => ({
    ref: refOf(ref),
    state: 'only-database' as const,
    file: null,
    version,
    agreedVersion: null,
    becameEqual: false,
  }));
  return [...compared, ...rest];
}

async function stateOf(
  db: Db,
  file: Source,
  known: { hash: string; fileVersion: number | null },
): Promise<FileState> {
  const hash = sourceHash(file);
  if (hash === known.hash) return 'same';
  const history = await listVersions(db, file, { before: null, limit: 10_000 });
  return stateOfDiffering(hash, history, known.fileVersion);
}

/** Shows what differs, from the database to the file; where both changed also what each changed. */
export async function describeDifference(
  { db, checks }: Pick<AuthoringContext, 'db' | 'checks'>,
  { ref, state, file, version, agreedVersion }: ComparedSource & { state: FileDifference['state'] },
): Promise<FileDifference> {
  const textsAt = async (one: number | null) =>
    textsIn(one === null ? null : (await readSourceVersion(db, ref, one))?.source);
  const [stored, filed] = [await textsAt(version), textsIn(file)];
  const parts = await checks.differences({ before: stored, after: filed });
  if (state !== 'conflict' || agreedVersion === null) return { ref, state, parts, sides: null };
  const base = await textsAt(agreedVersion);
  const sides = {
    base: agreedVersion,
    database: await checks.differences({ before: base, after: stored }),
    file: await checks.differences({ before: base, after: filed }),
  };
  return { ref, state, parts, sides };
}

function textsIn(source: Source | null | undefined): Map<string, string> {
  return source ? textsOf(shownWithinBounds(source).source) : new Map();
}

/** Whether files and database differ here. */
export function isDifference(
  compared: ComparedSource,
): compared is ComparedSource & { state: FileDifference['state'] } {
  return compared.state !== 'same';
}

/** Whether the file changed and the database did not, so that its source is to be published. */
export function isChangedInFile({ state }: ComparedSource): boolean {
  return state === 'file' || state === 'only-file';
}

/** One version as far as comparing with a file goes. */
export interface KnownVersion {
  version: number;
  hash: string;
  cause: Cause;
}

/**
 * How a file that says something else than the database stands to it, from the history of the database (newest
 * first) and the version at which both last said the same.
 *
 * What the file says may be known from the history. Then it is an older state: it wins only when no person has changed
 * the source since, so a process that starts with yesterday's files never undoes today's edit. Else it is new, and
 * wins unless the database has something new too.
 */
export function stateOfDiffering(
  fileHash: string,
  history: readonly KnownVersion[],
  agreedVersion: number | null,
): 'file' | 'database' | 'conflict' {
  const current = history[0]?.hash;
  const older = history.find(({ hash }) => hash === fileHash);
  if (older) {
    const edited = history.some(({ version, cause }) => version > older.version && isByPerson(cause));
    return edited ? 'database' : 'file';
  }
  const agreed = history.find(({ version }) => version === agreedVersion)?.hash;
  return agreed !== undefined && agreed === current ? 'file' : 'conflict';
}

function isByPerson({ kind }: Cause): boolean {
  return kind === 'edit' || kind === 'restore';
}
