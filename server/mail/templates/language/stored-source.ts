import { firstFault } from '../../shared/joi.ts';
import { type Issue, issue } from '../issue.ts';
import { shownWithinBounds } from './bounds.ts';
import { noLayout, type Source, type SourceRef } from './source.ts';
import { sourceSchema } from './source-schema.ts';

/**
 * A source as it was found, in the database or in files, as far as it can be worked with. What is over the bounds is left
 * out, and a source that has not the shape of its kind is an empty one: the issues say so, and it can be discarded or
 * replaced like any other.
 */
export function readStored(ref: SourceRef, content: unknown): { source: Source; issues: Issue[] } {
  if (!canBeBounded(ref, content))
    return unreadable(ref, 'parts of it are missing, or are of the wrong type');
  const found = shownWithinBounds({ kind: ref.kind, key: ref.key, content } as Source);
  // After the bounds: a schema walks as deep and wide as what it is given.
  const { error } = sourceSchema.validate(found.source, { convert: false, abortEarly: true });
  if (!error) return found;
  const { path, fault } = firstFault(error);
  return unreadable(ref, `${path} ${fault}`);
}

function canBeBounded({ kind }: SourceRef, content: unknown): boolean {
  if (!isRecord(content)) return false;
  return (
    kind !== 'template' ||
    (isRecord(content.locales) && isRecord(content.contract) && isRecord(content.sample))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unreadable(ref: SourceRef, why: string): { source: Source; issues: Issue[] } {
  return {
    source: emptySource(ref),
    issues: [issue('source', `The ${ref.kind} cannot be read: ${why}.`)],
  };
}

function emptySource({ kind, key }: SourceRef): Source {
  switch (kind) {
    case 'template': {
      const locales = { default: { subject: '', html: '' } };
      const words = { category: '', description: '', layout: noLayout };
      return { kind, key, content: { ...words, contract: {}, sample: {}, locales } };
    }
    case 'layout':
      return { kind, key, content: { html: '', text: '' } };
    case 'partial':
      return { kind, key, content: { html: '' } };
    case 'brand':
      return { kind, key, content: {} };
  }
}
