import type { Mail, Suppression, SuppressionTarget } from '../../../server/mail/index.ts';
import { CommandError, exitCodes } from '../command.ts';
import { streamNames } from './streams.ts';

/** Where an address gets nothing, in one word: a stream, `topic:news`, or one of these. */
const wide = {
  'all:bulk': 'bulk',
  'all:non-essential': 'non-essential',
  'all:everything': 'everything',
} as const;

/** How the commands explain what a place may be. */
export const placeHelp = `a stream, topic:<name>, ${Object.keys(wide).join(', ')}`;

/** A place as the module takes it; null for a word that is none of the three kinds, and for a stream that is not there. */
export function placeOf(
  word: string,
  streams: ReadonlySet<string>,
): Omit<SuppressionTarget, 'address'> | null {
  if (Object.hasOwn(wide, word)) return { scope: wide[word as keyof typeof wide] };
  if (word.startsWith('topic:')) return { scope: 'topic', topic: word.slice('topic:'.length) };
  return streams.has(word) ? { scope: 'stream', stream: word } : null;
}

/** A place of the command line. A misspelt one would suppress nobody. */
export async function requirePlace(mail: Mail, word: string): Promise<Omit<SuppressionTarget, 'address'>> {
  const streams = await streamNames(mail);
  const place = placeOf(word, streams);
  if (place) return place;
  throw new CommandError(
    `There is no stream ${word}; there are ${[...streams].join(', ')}. A place may also be topic:<name>, ${Object.keys(wide).join(', ')}.`,
    exitCodes.usage,
  );
}

/** The word for where a suppression reaches. */
export function placeWord({ scope, stream, topic }: Pick<Suppression, 'scope' | 'stream' | 'topic'>): string {
  if (scope === 'stream') return stream;
  return scope === 'topic' ? `topic:${topic}` : `all:${scope}`;
}
