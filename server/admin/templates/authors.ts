import { nameWithoutAccount } from '../audit/names.ts';
import type { Page } from '../page.ts';

/** The name by which people know an author. */
export type AuthorName = (by: string) => string;

/** Looks up the names of these authors. A host's people are called by the ids that the host gave them. */
export async function authorNames({ directory }: Page, ids: readonly string[]): Promise<AuthorName> {
  const names = await directory.names([...new Set(ids)]);
  return by => names.get(by) ?? nameWithoutAccount(by);
}
