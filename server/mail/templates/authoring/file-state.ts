import type { Cause } from '../language/source.ts';

/** How a file stands to the database. */
export type FileState =
  /** Both say the same. */
  | 'same'
  /** The file changed, the database did not: taken at the next start, or by a push. */
  | 'file'
  /** The database changed, the file did not: a pull brings it into the files. */
  | 'database'
  /** Both changed. The database stays in force until somebody decides. */
  | 'conflict'
  | 'only-file'
  | 'only-database';

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
 * the source since, so a process that starts with yesterday's files never undoes today's edit. Else it is news, and
 * wins unless the database has news too.
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
