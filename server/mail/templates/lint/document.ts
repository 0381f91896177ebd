import { DomUtils, Parser, parseDocument } from 'htmlparser2';
import type { Mailbox } from '../../providers/transport.ts';
import { type Issue, type IssuePart, issue, type SourcePosition } from '../issue.ts';

/** One language of a template, rendered with its sample: what the rules look at. */
export interface MailDocument {
  locale: string;
  /** Bulk mail needs a way to unsubscribe. */
  bulk: boolean;
  from: Mailbox;
  /** What stands where the recipient's own link to unsubscribe will be. */
  unsubscribe: string;
  subject: string;
  preheader: string;
  html: string;
  /** The HTML with the position of each element in it. */
  annotatedHtml: string;
  text: string;
  /** False when the text was made from the HTML. */
  hasOwnText: boolean;
  page: Page;
}

/** The HTML as a tree. */
export type Page = ReturnType<typeof parseDocument>;
/** One element of it. */
export type Element = ReturnType<typeof DomUtils.getElementsByTagName>[number];

/** Looks at a document for one kind of issue. */
export interface LintRule {
  /** Whether its errors also count where all optional fields are left out: links, images and subjects empty then. */
  whenBare: boolean;
  check(document: MailDocument): Issue[];
}

/** Reads HTML whose elements know where they were written. */
export function readPage(html: string): Page {
  return parseDocument(html);
}

/** The elements of these names, in order. */
export function elementsOf(page: Page, ...names: string[]): Element[] {
  const wanted = new Set(names);
  return DomUtils.getElementsByTagName(name => wanted.has(name), page);
}

/** All elements, in order. */
export function allElements(page: Page): Element[] {
  return DomUtils.getElementsByTagName('*', page);
}

/** Makes an issue of one place from what is wrong there. */
export type Report = (severity: Issue['severity'], message: string) => Issue;

/** Reports what is wrong with a part as a whole. */
export function inPart({ locale }: MailDocument, part: IssuePart, rule: string): Report {
  return (severity, message) => issue(rule, message, { part, locale, severity });
}

/** Reports what is wrong with one element, where it was written. Layouts and partials are the same for every language. */
export function atElement({ locale }: MailDocument, element: Element, rule: string): Report {
  const position = positionOf(element) ?? { part: 'html' as const };
  const at = { ...position, locale: position.part === 'html' ? locale : null };
  return (severity, message) => issue(rule, message, { ...at, severity });
}

const attribute = 'data-postlane-at';

/**
 * Writes onto every element of a part's source where it stands, so that an issue seen in the rendered mail is told at
 * the line that has to change, whatever layout, partial or loop it came through.
 */
export function annotateSource(source: string, part: string): string {
  const lines = lineStarts(source);
  let annotated = '';
  let copied = 0;
  for (const { at, nameEnd } of openingTags(source)) {
    const line = lineOf(lines, at);
    const column = at - (lines[line - 1] ?? 0) + 1;
    annotated += `${source.slice(copied, nameEnd)} ${attribute}="${part}@${line}:${column}"`;
    copied = nameEnd;
  }
  return annotated + source.slice(copied);
}

/** The mail as it would be without {@link annotateSource}. */
export function withoutPositions(html: string): string {
  return html.replaceAll(written, '');
}

const written = new RegExp(` ${attribute}="[^"]*"`, 'g');

/** Where an element of a rendered mail was written; null for one that no source has. */
function positionOf({
  attribs,
}: {
  attribs: Record<string, string>;
}): Pick<SourcePosition, 'part' | 'line' | 'column'> | null {
  const [, part, line, column] = /^(.+)@(\d+):(\d+)$/.exec(attribs[attribute] ?? '') ?? [];
  return part ? { part: part as IssuePart, line: Number(line), column: Number(column) } : null;
}

function openingTags(source: string): { at: number; nameEnd: number }[] {
  const found: { at: number; nameEnd: number }[] = [];
  const masked = withoutMustaches(source);
  const parser = new Parser({
    onopentag(name, _attributes, isImplied) {
      const at = parser.startIndex;
      if (!isImplied && masked[at] === '<') found.push({ at, nameEnd: at + 1 + name.length });
    },
  });
  parser.end(masked);
  return found;
}

// A mustache may hold quotes, even tags. It is written over with other characters: every position stays what it was.
function withoutMustaches(source: string): string {
  return source.replace(
    /\{\{~?!--[\s\S]*?(?:--~?\}\}|$)|\{\{\{[\s\S]*?(?:\}\}\}|$)|\{\{[\s\S]*?(?:\}\}|$)/g,
    mustache => mustache.replace(/[^\n]/g, 'x'),
  );
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** The line (from 1) that a position is on: the last that begins at it or before. */
function lineOf(starts: readonly number[], position: number): number {
  let from = 0;
  let to = starts.length;
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if ((starts[middle] ?? 0) <= position) from = middle;
    else to = middle;
  }
  return from + 1;
}
