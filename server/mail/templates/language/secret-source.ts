import type { Source } from './source.ts';

/**
 * The source, as secret as the published one: anybody who publishes can make a template secret, but editing it, or
 * restoring a version from before the mark, opens its messages to nobody. That is decided in the files, by review.
 */
export function asSecretAs(published: Source | undefined, source: Source): Source {
  if (source.kind !== 'template' || published?.kind !== 'template' || !published.content.secret)
    return source;
  return { ...source, content: { ...source.content, secret: true } };
}
