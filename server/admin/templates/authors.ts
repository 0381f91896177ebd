import type { Response } from 'express';
import { directoryOf } from '../access/session.ts';
import { nameWithoutAccount } from '../audit/names.ts';

/** The name by which people know an author. */
export type AuthorName = (by: string) => string;

/** Looks up the names of these authors. A host's people are called by the ids that the host gave them. */
export async function authorNames(response: Response, ids: readonly string[]): Promise<AuthorName> {
  const names = await directoryOf(response).names([...new Set(ids)]);
  return by => names.get(by) ?? nameWithoutAccount(by);
}
