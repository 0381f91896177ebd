import type { FieldSpec } from './contract.ts';

/** A find of the walk, in the source of one part. */
export interface WalkNote {
  /** `subject`, `html`, `layout.text` or `partials/fact.html`. */
  part: string;
  /** Null for what all languages share. */
  locale: string | null;
  /** Both from 1. */
  line: number;
  column: number;
  severity: 'error' | 'warning';
  rule: 'parse' | 'path' | 'helper' | 'partial' | 'type' | 'markup' | 'optional' | 'layout';
  /** As written, such as `../order.total`; a helper's or partial's name; empty where the part doesn't parse. */
  path: string;
  /** One sentence without its full stop. */
  problem: string;
}

/** The source being walked, what it may include, and where its finds go. */
export interface Walk {
  part: string;
  locale: string | null;
  flavour: 'html' | 'text';
  partials: Record<string, string>;
  /** The partials we are inside of, outermost first. */
  open: readonly string[];
  /** Fields that a block around this place asks about: here they are there, or their absence is known. */
  guarded: ReadonlySet<FieldSpec>;
  /** Of a layout: the part that takes the place of its first `{{> content}}`. */
  slot?: { part: string; locale: string; source: string; isFilled: boolean };
  report(note: WalkNote): void;
  use(spec: FieldSpec): void;
}

/** Where in a source something stands: columns from 0, as the parser counts them. */
export type Placed = { loc: { start: { line: number; column: number } } };

/** Notes a find at its place; an error unless said otherwise. */
export function report(
  { part, locale, report: note }: Walk,
  { loc }: Placed,
  rule: WalkNote['rule'],
  path: string,
  problem: string,
  severity: WalkNote['severity'] = 'error',
): void {
  note({ part, locale, line: loc.start.line, column: loc.start.column + 1, severity, rule, path, problem });
}
