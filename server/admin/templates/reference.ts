import { type SourceKind, type SourceRef, sourceKinds } from '../../mail/index.ts';
import { notFound } from '../page-error.ts';

/** The kinds with their names, in the order of the tabs. */
export const kindLabels: Record<SourceKind, { one: string; many: string }> = {
  template: { one: 'template', many: 'Templates' },
  layout: { one: 'layout', many: 'Layouts' },
  partial: { one: 'partial', many: 'Partials' },
  brand: { one: 'brand', many: 'Brand' },
};

/** True for the name of a kind. */
export function isKind(text: unknown): text is SourceKind {
  return sourceKinds.some(kind => kind === text);
}

/** A source in an address: `newsletter` is a template, the others say what they are: `layout:default`. */
export function refText({ kind, key }: SourceRef): string {
  return kind === 'template' ? key : `${kind}:${key}`;
}

/** Reads {@link refText}. Throws a page of status 404. */
export function readRef(text: string): SourceRef {
  const [, kind, key] = /^(?:([a-z]+):)?([\x21-\x7e]{1,64})$/.exec(text) ?? [];
  if (key === undefined || (kind !== undefined && !isKind(kind)))
    throw notFound('There is no such template.');
  return { kind: kind ?? 'template', key };
}
