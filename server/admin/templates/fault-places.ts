import type { Fault, SourceRef } from '../../mail/index.ts';
import { refText } from './reference.ts';

/** A fault with the place in the form where it is mended, or the page where it is. */
export interface PlacedFault extends Fault {
  /** Name of the form's field, or a section of the form; null when it lies elsewhere. */
  field: string | null;
  /** The source it lies in, as in an address, when it is another one. */
  elsewhere: string | null;
  /** Where it is, in words. */
  place: string;
}

/** Places faults of a template for somebody who edits `ref`, which may be a layout or partial of it. */
export function placeFaults(ref: SourceRef, layout: string, faults: readonly Fault[]): PlacedFault[] {
  return faults.map(fault => {
    const field = fieldOf(ref, fault);
    return {
      ...fault,
      field,
      elsewhere: field ? null : elsewhere(ref, layout, fault),
      place: placeOf(fault),
    };
  });
}

function fieldOf({ kind, key }: SourceRef, { part, locale }: Fault): string | null {
  const [, name, flavour] = /^partial:(.+)\.(html|text)$/.exec(part) ?? [];
  if (name !== undefined) return kind === 'partial' && name === key ? `locales[default][${flavour}]` : null;
  if (part === 'layout.html' || part === 'layout.text')
    return kind === 'layout' ? `locales[default][${part.slice('layout.'.length)}]` : null;
  if (kind !== 'template') return null;
  if (part === 'contract' || part === 'sample') return part === 'contract' ? 'rows' : 'sample';
  if (part === 'from' || part === 'template') return 'category';
  return `locales[${locale ?? 'default'}][${part}]`;
}

function elsewhere(ref: SourceRef, layout: string, { part }: Fault): string | null {
  const [, partial] = /^partial:(.+)\.(?:html|text)$/.exec(part) ?? [];
  if (partial !== undefined) return refText({ kind: 'partial', key: partial });
  return part.startsWith('layout.') && ref.kind !== 'layout'
    ? refText({ kind: 'layout', key: layout })
    : null;
}

function placeOf({ part, locale, line }: Fault): string {
  const name = part.replace(/^partial:/, 'partial ').replace('layout.', 'layout, ');
  return [name, ...(locale && locale !== 'default' ? [locale] : []), `line ${line}`].join(', ');
}
