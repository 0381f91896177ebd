import { type Issue, positionText, type SourcePosition, type SourceRef } from '../../mail/index.ts';
import { refText } from './reference.ts';

/** The place in the form where an issue can be fixed, or the page where it is. */
export interface FormPlace {
  /** Name of the form's field, or a section of the form; null when it is elsewhere. */
  field: string | null;
  /** The source it is in, as in an address, when it is another one. */
  elsewhere: string | null;
  /** Where it is, in words. */
  place: string;
  /** Of the address of the editor: what it opens, with the cursor at the issue. */
  hash: string;
}

/** An issue with its place. */
export interface PlacedIssue extends Issue, FormPlace {}

/** Places issues of a template for somebody who edits `ref`, which may be a layout or partial of it. */
export function placeIssues(ref: SourceRef, layout: string, issues: readonly Issue[]): PlacedIssue[] {
  return issues.map(issue => ({ ...issue, ...placeIssue(ref, layout, issue) }));
}

/** See {@link placeIssues}; `layout` is the key of the template's. */
export function placeIssue(ref: SourceRef, layout: string, issue: SourcePosition): FormPlace {
  const field = fieldOf(ref, issue);
  const other = field ? null : elsewhere(ref, layout, issue);
  const there = field ?? (other && fieldOf(other, issue));
  return {
    field,
    elsewhere: other && refText(other),
    place: positionText(issue),
    hash: there ? `#at=${encodeURIComponent(there)}:${issue.line}:${issue.column}` : '',
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
