import type { Source } from './source.ts';

/**
 * The source, as secret as the published one: editors change what a template says, and versions from before the mark are
 * restored, but who may read its messages is decided in the files, by review.
 */
export function asSecretAs(published: Source | undefined, source: Source): Source {
  if (source.kind !== 'template' || published?.kind !== 'template' || !published.content.secret)
    return source;
  return { ...source, content: { ...source.content, secret: true } };
}
