import { isDeepStrictEqual } from 'node:util';
import type { Campaign, ContractSpec, Mail } from '../../mail/index.ts';

/** What the sample of a template says of the fields that recipients share; null for a template that is not published. */
export async function sharedSample(mail: Mail, template: string): Promise<Record<string, unknown> | null> {
  const source = (await mail.templates.get({ kind: 'template', key: template }))?.published?.source;
  if (source?.kind !== 'template') return null;
  const { contract, sample } = source.content;
  return Object.fromEntries(Object.entries(sample).filter(([field]) => isShared(contract, field)));
}

/** True for a draft whose shared data is what the template's sample says: nobody has put in what is to be sent. */
export async function isStillSample(mail: Mail, { state, data, template }: Campaign): Promise<boolean> {
  if (state !== 'draft' || Object.keys(data).length === 0) return false;
  return isDeepStrictEqual(data, await sharedSample(mail, template));
}

// What a mail can do without, and who it is for, comes with the list of recipients, or not at all.
function isShared(contract: ContractSpec, field: string): boolean {
  const spec = contract[field];
  return (
    spec !== undefined && !spec.optional && spec.type !== 'email' && !/^(first|last|full)?name$/i.test(field)
  );
}
