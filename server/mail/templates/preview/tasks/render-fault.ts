import type { WalkNote } from '../../language/notes.ts';
import { partsFor, type TemplateContent } from '../../language/template.ts';
import { walkTemplate } from '../../language/walk.ts';
import type { FaultPart } from '../../lint/fault.ts';
import { type FaultPlace, problemOf, type RenderProblem } from '../outcome.ts';
import { noteMessage, partOfNote } from './inspect-paths.ts';

/**
 * Why content could not be rendered, as the editor tells it. The engine speaks of names in objects and of lines of the
 * mail as it was put together; an admin wants the part, the line in it, and how to mend it.
 */
export function renderFault(content: TemplateContent, locale: string | null, error: unknown): RenderProblem {
  const problem = problemOf(error);
  if (problem.problem !== 'template') return problem;
  const note = culprit(content, locale, problem.message);
  if (note) return { problem: 'template', message: noteMessage(note), place: placeOf(note) };
  return { ...problem, message: plain(problem.message) };
}

/** What the source itself shows to be wrong, which is what the engine stumbled over; or the name it did not find. */
function culprit(content: TemplateContent, locale: string | null, message: string): WalkNote | undefined {
  const [words] = partsFor(content, locale);
  const notes = walkTemplate(content).notes.filter(note => note.locale === null || note.locale === words);
  const error = notes.find(({ severity }) => severity === 'error');
  const missing = /"([^"]+)" not defined in/.exec(message)?.[1];
  return error ?? notes.find(({ rule, path }) => rule === 'optional' && endsWith(path, missing));
}

function endsWith(path: string, name: string | undefined): boolean {
  return name !== undefined && path.split('.').includes(name);
}

function placeOf(note: WalkNote): FaultPlace {
  const part: FaultPart = partOfNote(note);
  return { part, locale: note.locale, line: note.line, column: note.column };
}

/** Without the engine's own objects and line numbers, which are those of no source. */
function plain(message: string): string {
  const said = message
    .replace(/"([^"]+)" not defined in .*$/s, '$1 has no value in this data')
    .replace(/ - \d+:\d+$/, '')
    .replace(/\s*\n[\s\S]*$/, '');
  return /[.!?]$/.test(said) ? said : `${said}.`;
}
