import type { AuditEntry } from '../../mail/index.ts';
import type { Directory } from '../access/directory.ts';

const others: Readonly<Record<string, string>> = {
  files: 'the template files',
  cli: 'the command line',
  developer: 'the local developer',
  anonymous: 'somebody not signed in',
  postlane: 'Postlane',
};

/** What those without an account are called: `cli` and `files` in words; people of the host by their id. */
export function nameWithoutAccount(by: string): string {
  return Object.hasOwn(others, by) ? (others[by] ?? by) : by;
}

/** Adds who made each entry: accounts by their names, others as {@link nameWithoutAccount} has it. */
export async function withNames<T extends Pick<AuditEntry, 'by'>>(
  directory: Directory,
  entries: readonly T[],
): Promise<(T & { name: string })[]> {
  const names = await directory.names([...new Set(entries.map(({ by }) => by))]);
  return entries.map(entry => ({ ...entry, name: names.get(entry.by) ?? nameWithoutAccount(entry.by) }));
}

/** The id of a person named by id, or by the e-mail address of an account. */
export async function personId(directory: Directory, named: string): Promise<string> {
  const id = named.includes('@') ? await directory.idOf(named) : null;
  return id ?? named;
}
