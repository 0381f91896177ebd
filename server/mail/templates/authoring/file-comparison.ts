import type { Db } from '../../../../db/connect.ts';
import { type Source, type SourceRef, sourceHash, sourceName } from '../language/source.ts';
import { textsOf } from '../language/source-parts.ts';
import type { FileDifference } from './api.ts';
import { differences } from './difference.ts';
import { type FileState, stateOfDiffering } from './file-state.ts';
import { listVersions, readPublishedHashes, readSourceVersion } from './history-store.ts';
import { refOf } from './view.ts';

/** A source in files, in the database, or both. */
export interface Compared {
  ref: SourceRef;
  state: FileState;
  file: Source | null;
  /** The published version; null when there is none. */
  version: number | null;
  /** The version in which both last said the same; null when they never did. */
  agreedVersion: number | null;
  /** True when both say the same and nobody has noted it yet. */
  newlyAgreed: boolean;
}

/** Every source of files and database, compared. */
export async function compareFiles(db: Db, files: readonly Source[]): Promise<Compared[]> {
  const published = new Map((await readPublishedHashes(db)).map(entry => [sourceName(entry), entry]));
  const compared: Compared[] = [];
  for (const file of files) {
    const known = published.get(sourceName(file));
    published.delete(sourceName(file));
    const version = known?.version ?? null;
    const state = known ? await stateOf(db, file, known) : 'only-file';
    const newlyAgreed = state === 'same' && known?.fileVersion !== version;
    const agreedVersion = known?.fileVersion ?? null;
    compared.push({ ref: refOf(file), state, file, version, agreedVersion, newlyAgreed });
  }
  const rest = [...published.values()].map(({ version, ...ref }) => ({
    ref: refOf(ref),
    state: 'only-database' as const,
    file: null,
    version,
    agreedVersion: null,
    newlyAgreed: false,
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
  db: Db,
  { ref, state, file, version, agreedVersion }: Compared & { state: FileDifference['state'] },
): Promise<FileDifference> {
  const textsAt = async (one: number | null) =>
    textsIn(one === null ? null : (await readSourceVersion(db, ref, one))?.source);
  const [stored, filed] = [await textsAt(version), textsIn(file)];
  const parts = differences(stored, filed);
  if (state !== 'conflict' || agreedVersion === null) return { ref, state, parts, sides: null };
  const base = await textsAt(agreedVersion);
  const sides = { base: agreedVersion, database: differences(base, stored), file: differences(base, filed) };
  return { ref, state, parts, sides };
}

function textsIn(source: Source | null | undefined): Map<string, string> {
  return source ? textsOf(source) : new Map();
}

/** Whether files and database differ here. */
export function isDifference(compared: Compared): compared is Compared & { state: FileDifference['state'] } {
  return compared.state !== 'same';
}
