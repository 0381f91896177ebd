import type { Response } from 'express';
import { directoryOf } from '../access/session.ts';
import { personOf } from '../person.ts';

/** Where the person gets test mails: the address of the account; empty for somebody whom the host lets in. */
export async function ownAddress(response: Response): Promise<string> {
  return (await directoryOf(response).emailOf(personOf(response).id)) ?? '';
}
