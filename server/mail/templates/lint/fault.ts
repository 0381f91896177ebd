/**
 * Where a fault is. `layout.html` and `layout.text` are the shared documents, `partial:NAME.html` a partial,
 * `contract`, `sample` and `from` what stands beside the parts; `template` is the whole of it.
 */
export type FaultPart =
  | 'subject'
  | 'preheader'
  | 'html'
  | 'text'
  | 'mjml'
  | 'layout.html'
  | 'layout.text'
  | `partial:${string}`
  | 'contract'
  | 'sample'
  | 'from'
  | 'template';

/** One thing that is wrong with a template. An error blocks publishing; a warning asks. */
export interface Fault {
  part: FaultPart;
  /** The language it was found in; null where it is the same for all of them. */
  locale: string | null;
  /** From 1, in the source of the part; 1 where it concerns the part as a whole. */
  line: number;
  /** From 1. */
  column: number;
  severity: 'error' | 'warning';
  /** Short and stable, such as `unsubscribe` or `link`. */
  rule: string;
  /** One or two sentences for an admin: what is wrong, and how to mend it. */
  message: string;
}

/** What a rule says of its find; the place is added by who called it. */
export type Finding = Pick<Fault, 'severity' | 'rule' | 'message'>;

/** Faults in the order an admin wants to see them: errors first, then by part and line. */
export function inOrder(faults: readonly Fault[]): Fault[] {
  const rank = ({ severity }: Fault) => (severity === 'error' ? 0 : 1);
  return [...faults].sort(
    (a, b) => rank(a) - rank(b) || a.part.localeCompare(b.part) || a.line - b.line || a.column - b.column,
  );
}
