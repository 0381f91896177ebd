import { DomUtils, parseDocument } from 'htmlparser2';
import type { Mailbox } from '../../providers/transport.ts';
import { type Issue, type IssuePart, issue } from '../issue.ts';
import { positionOf } from './positions.ts';

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
