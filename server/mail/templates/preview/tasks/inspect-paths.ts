import type { WalkNote } from '../../language/notes.ts';
import { unusedFields } from '../../language/paths.ts';
import type { TemplateContent } from '../../language/template.ts';
import { walkTemplate } from '../../language/walk.ts';
import type { Fault, FaultPart } from '../../lint/fault.ts';

/** What the sources ask for against what the contract gives, both ways. */
export function inspectPaths(content: TemplateContent): Fault[] {
  const { notes, used } = walkTemplate(content);
  return [...notes.map(faultOf), ...unusedFields(content.contract, used).map(unused)];
}

/** How to mend each kind of find. */
const mending: Record<WalkNote['rule'], string> = {
  parse: 'Look for braces or a block that is not closed.',
  path: 'Correct the name, or add it to the contract.',
  helper: 'Choose one from the list of helpers.',
  partial: 'Choose one from the list of partials, and pass it what it needs by name=value.',
  type: 'Give it a field of that type, or change the type in the contract.',
  markup: 'Use two braces, {{ }}.',
  optional: 'Put it between {{#if ...}} and {{/if}}, or make the field required.',
  layout: 'Put {{> content}} where the mail goes.',
};

function faultOf(note: WalkNote): Fault {
  const { locale, line, column, severity, rule } = note;
  return { part: partOfNote(note), locale, line, column, severity, rule, message: noteMessage(note) };
}

/** The part that a find lies in. */
export function partOfNote({ part }: WalkNote): FaultPart {
  return part.replace(/^partials\//, 'partial:') as FaultPart;
}

/** A find in two sentences: what is wrong, and how to mend it. */
export function noteMessage({ rule, path, problem }: WalkNote): string {
  return `${asSentence(shortened(problem), path)} ${mending[rule]}`;
}

// A path may be as long as its part.
function shortened(problem: string): string {
  return problem.length > 300 ? `${problem.slice(0, 299)}…` : problem;
}

// A name at the beginning stays as it is written.
function asSentence(problem: string, path: string): string {
  const startsWithName = path !== '' && problem.startsWith(path.split('.')[0] ?? path);
  return `${startsWithName ? problem[0] : problem[0]?.toUpperCase()}${problem.slice(1)}.`;
}

function unused(field: string): Fault {
  const message = `${field} is required, but no part uses it. Use it, or make it optional, so that callers need not give it.`;
  return { part: 'contract', locale: null, line: 1, column: 1, severity: 'warning', rule: 'unused', message };
}
