import { type Issue, positionText, type SourcePosition, type SourceRef } from '../../mail/index.ts';
import { refText } from './reference.ts';

/** The place in the form where a fault can be fixed, or the page where it is. */
export interface FormPlace {
  /** Name of the form's field, or a section of the form; null when it lies elsewhere. */
  field: string | null;
  /** The source it lies in, as in an address, when it is another one. */
  elsewhere: string | null;
  /** Where it is, in words. */
  place: string;
  /** Of the address of the editor: what it opens, with the cursor at the fault. */
  hash: string;
}

/** An issue with its place. */
export interface PlacedIssue extends Issue, FormPlace {}

/** Places faults of a template for somebody who edits `ref`, which may be a layout or partial of it. */
export function placeFaults(ref: SourceRef, layout: string, issues: readonly Issue[]): PlacedIssue[] {
  return issues.map(fault => ({ ...fault, ...placeFault(ref, layout, fault) }));
}

/** See {@link placeFaults}; `layout` is the key of the template's. */
export function placeFault(ref: SourceRef, layout: string, fault: SourcePosition): FormPlace {
  const field = fieldOf(ref, fault);
  const other = field ? null : elsewhere(ref, layout, fault);
  const there = field ?? (other && fieldOf(other, fault));
  return {
    field,
    elsewhere: other && refText(other),
    place: positionText(fault),
    hash: there ? `#at=${encodeURIComponent(there)}:${fault.line}:${fault.column}` : '',
  };
}

function fieldOf({ kind, key }: SourceRef, { part, locale }: SourcePosition): string | null {
  const [, name, flavour] = /^partial:(.+)\.(html|text)$/.exec(part) ?? [];
  if (name !== undefined) return kind === 'partial' && name === key ? `locales[default][${flavour}]` : null;
  if (part === 'layout.html' || part === 'layout.text')
    return kind === 'layout' ? `locales[default][${part.slice('layout.'.length)}]` : null;
  if (kind !== 'template') return null;
  if (part === 'contract' || part === 'sample') return part === 'contract' ? 'rows' : 'sample';
  if (part === 'from' || part === 'template') return 'category';
  return `locales[${locale ?? 'default'}][${part}]`;
}

function elsewhere(ref: SourceRef, layout: string, { part }: SourcePosition): SourceRef | null {
  const [, partial] = /^partial:(.+)\.(?:html|text)$/.exec(part) ?? [];
  if (partial !== undefined) return { kind: 'partial', key: partial };
  return part.startsWith('layout.') && ref.kind !== 'layout' ? { kind: 'layout', key: layout } : null;
}
