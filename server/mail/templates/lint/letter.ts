import { DomUtils, parseDocument } from 'htmlparser2';
import type { Mailbox } from '../../providers/transport.ts';
import type { Fault, FaultPart, Finding } from './fault.ts';
import { placeOf } from './places.ts';

/** One language of a template, rendered with its sample: what the rules look at. */
export interface Letter {
  locale: string;
  /** Bulk mail needs a way to unsubscribe. */
  bulk: boolean;
  from: Mailbox;
  /** What stands where the recipient's own link to unsubscribe will be. */
  unsubscribe: string;
  subject: string;
  preheader: string;
  html: string;
  /** The HTML with the place of each element in it. */
  placedHtml: string;
  text: string;
  /** False when the text was made from the HTML. */
  hasOwnText: boolean;
  page: Page;
}

/** The HTML as a tree. */
export type Page = ReturnType<typeof parseDocument>;
/** One element of it. */
export type Element = ReturnType<typeof DomUtils.getElementsByTagName>[number];

/** Looks at a letter for one kind of fault. */
export type LetterRule = (letter: Letter) => Fault[];

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

/** A fault of a part as a whole. */
export function faultIn({ locale }: Letter, part: FaultPart, finding: Finding): Fault {
  return { part, locale, line: 1, column: 1, ...finding };
}

/** A fault of one element, told where it was written. Layouts and partials are the same for every language. */
export function faultAt({ locale }: Letter, element: Element, finding: Finding): Fault {
  const { part, line, column } = placeOf(element) ?? { part: 'html', line: 1, column: 1 };
  return { part: part as FaultPart, locale: part === 'html' ? locale : null, line, column, ...finding };
}
