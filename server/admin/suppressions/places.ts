import type { Mail, Suppression, SuppressionTarget } from '../../mail/index.ts';

/** Where an address gets nothing, in one word: a stream, `topic:news`, or one of these. */
export const widePlaces = {
  'all:bulk': 'bulk',
  'all:non-essential': 'non-essential',
  'all:everything': 'everything',
} as const;

/** Where an address gets nothing: a suppression without its address. */
export type Place = Omit<SuppressionTarget, 'address'>;

/** A place as the module takes it; null for a word that is none of the three kinds, and for a stream that is not there. */
export function placeOf(word: string, streams: ReadonlySet<string>): Place | null {
  if (Object.hasOwn(widePlaces, word)) return { scope: widePlaces[word as keyof typeof widePlaces] };
  if (word.startsWith('topic:')) return { scope: 'topic', topic: word.slice('topic:'.length) };
  return streams.has(word) ? { scope: 'stream', stream: word } : null;
}

/** The word for where a suppression reaches. */
export function placeWord({ scope, stream, topic }: Pick<Suppression, 'scope' | 'stream' | 'topic'>): string {
  if (scope === 'stream') return stream;
  return scope === 'topic' ? `topic:${topic}` : `all:${scope}`;
}

/** Where a suppression reaches, in words for the middle of a sentence. */
export function placeLabel({
  scope,
  stream,
  topic,
}: Pick<Suppression, 'scope' | 'stream' | 'topic'>): string {
  if (scope === 'stream') return `stream ${stream}`;
  if (scope === 'topic') return `topic ${topic}`;
  return wideLabels[scope];
}

const wideLabels = {
  bulk: 'all bulk mail',
  'non-essential': 'all but essential mail',
  everything: 'all mail',
} as const;

/** What can be chosen on the pages. */
export interface PlaceChoices {
  topics: string[];
  streams: string[];
}

/** The topics of the register, and the streams that mail goes or went by. */
export async function placeChoices(mail: Mail): Promise<PlaceChoices> {
  const routed = (await mail.connections.streams()).map(({ name }) => name);
  const used = await mail.messages.streams();
  const topics = (await mail.topics.list()).map(({ key }) => key);
  return { topics, streams: [...new Set([...routed, ...used])].sort() };
}
