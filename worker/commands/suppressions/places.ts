import { type Place, placeOf, widePlaces } from '../../../server/admin/suppressions/places.ts';
import type { Mail } from '../../../server/mail/index.ts';
import { CommandError, exitCodes } from '../command.ts';
import { streamNames } from './streams.ts';

/** How the commands explain what a place may be. */
export const placeHelp = `a stream, topic:<name>, ${Object.keys(widePlaces).join(', ')}`;

/** A place of the command line. A misspelt one would suppress nobody. */
export async function requirePlace(mail: Mail, word: string): Promise<Place> {
  const streams = await streamNames(mail);
  const place = placeOf(word, streams);
  if (place) return place;
  throw new CommandError(
    `There is no stream ${word}; there are ${[...streams].join(', ')}. A place may also be topic:<name>, ${Object.keys(widePlaces).join(', ')}.`,
    exitCodes.usage,
  );
}
