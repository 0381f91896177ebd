import { diffArrays, diffLines } from 'diff';
import { Parser } from 'htmlparser2';
import type { TemplateContent } from '../../language/template.ts';
import { problemOf, type RenderIssue } from '../outcome.ts';
import { type RenderedMail, type RenderJob, render } from './render.ts';

/** One message that was sent: its data, and the version it was sent with beside the candidate. */
export interface ComparisonJob extends RenderJob {
  sentWith: TemplateContent;
}

/** How a candidate's mail differs from the mail that was sent. */
export interface Comparison {
  kind: 'failure' | 'different' | 'same';
  problem: RenderIssue | null;
  /** Null where it stays the same. */
  subject: { before: string; after: string } | null;
  /** Lines that would be added and removed. */
  text: LineCount;
  html: LineCount;
  /** How much of what is seen differs, from 0 (nothing: the text part, or what nobody sees) to 1 (everything). */
  share: number;
  /** The first words that differ, of subject and HTML, as they were and as they would be. */
  words: WordChange[];
  /** Elements and styles that are there on one side only. */
  looks: number;
}

/** Words in the place of others; one of the two may be empty. */
export interface WordChange {
  before: string;
  after: string;
}

interface LineCount {
  added: number;
  removed: number;
}

/** Renders one message by both versions. A candidate that cannot render it is a failure, not an exception. */
export function compareWithSent({ sentWith, ...job }: ComparisonJob): Comparison {
  let after: RenderedMail;
  try {
    after = render(job);
  } catch (error) {
    return failure(problemOf(error));
  }
  const before = renderedAsSent({ ...job, content: sentWith });
  const subject = before.subject === after.subject ? null : { before: before.subject, after: after.subject };
  const text = changedLines(before.text, after.text);
  const html = changedLines(before.html, after.html);
  const isSame = subject === null && [text, html].every(({ added, removed }) => added + removed === 0);
  const seen = isSame ? nothingSeen : seenChanges(before, after);
  return { kind: isSame ? 'same' : 'different', problem: null, subject, text, html, ...seen };
}

/** What is known of a message that the candidate cannot render. */
export function failure(problem: RenderIssue): Comparison {
  return { kind: 'failure', problem, subject: null, text: noLines, html: noLines, ...nothingSeen };
}

const noLines: LineCount = { added: 0, removed: 0 };
const nothing: RenderedMail = { subject: '', preheader: '', html: '', text: '' };
const nothingSeen = { share: 0, words: [], looks: 0 };
const mostWordChanges = 5;
const longestChange = 160;

// It was rendered once; should it fail now, everything the candidate shows is new.
function renderedAsSent(job: RenderJob): RenderedMail {
  try {
    return render(job);
  } catch {
    return nothing;
  }
}

// Bounded: two mails with nothing in common would be compared for long, and then the count says little.
const searched = { maxEditLength: 2000 };

function changedLines(before: string, after: string): LineCount {
  if (before === after) return noLines;
  const changes = diffLines(before, after, { ignoreWhitespace: true, ...searched });
  if (!changes) return { added: lineCount(after), removed: lineCount(before) };
  const count = (kind: 'added' | 'removed') =>
    changes.reduce((sum, change) => sum + (change[kind] ? change.count : 0), 0);
  return { added: count('added'), removed: count('removed') };
}

function lineCount(text: string): number {
  return text.split('\n').length;
}

function seenChanges(
  before: RenderedMail,
  after: RenderedMail,
): Pick<Comparison, 'share' | 'words' | 'looks'> {
  const [old, young] = [visibleOf(before.html), visibleOf(after.html)];
  const subject = changesBetween(wordsOf(before.subject), wordsOf(after.subject));
  const words = changesBetween(old.words, young.words);
  const looks = changesBetween(old.looks, young.looks);
  const all = [subject, words, looks];
  const [changed, total] = [sum(all.map(one => one.changed)), sum(all.map(one => one.total))];
  return {
    share: total === 0 ? 0 : changed / total,
    words: [...subject.changes, ...words.changes].slice(0, mostWordChanges).map(shortened),
    looks: looks.changed,
  };
}

interface Changes {
  changes: { before: string[]; after: string[] }[];
  /** Entries that only one side has. */
  changed: number;
  /** Entries of both sides. */
  total: number;
}

function changesBetween(before: string[], after: string[]): Changes {
  const total = before.length + after.length;
  const found = diffArrays(before, after, searched);
  if (!found) return { changes: [{ before, after }], changed: total, total };
  const changes: Changes['changes'] = [];
  let isOpen = false;
  for (const { added, removed, value } of found) {
    const last = changes.at(-1);
    const change = isOpen && last ? last : { before: [], after: [] };
    if (added || removed) change[added ? 'after' : 'before'].push(...value);
    if ((added || removed) && !isOpen) changes.push(change);
    isOpen = added || removed;
  }
  return { changes, changed: sum(changes.map(one => one.before.length + one.after.length)), total };
}

function shortened({ before, after }: { before: string[]; after: string[] }): WordChange {
  const short = (words: string[]) => {
    const text = words.join(' ');
    return text.length > longestChange ? `${text.slice(0, longestChange - 2)} …` : text;
  };
  return { before: short(before), after: short(after) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

/** What a reader sees of a mail: its words in order, and its layout and style. */
interface Visible {
  words: string[];
  /** One entry for each element: its name with what decides its looks, and each style sheet. */
  looks: string[];
}

const unseen = new Set(['script', 'title', 'head', 'noscript']);
const noElements = new Set([...unseen, 'meta', 'style']);
const shaping = new Set(
  'align alt background bgcolor border cellpadding cellspacing class color colspan dir face height href id rowspan size src style valign width'.split(
    ' ',
  ),
);

/** Reads HTML as its reader would. Comments, other attributes and white space change nothing that is seen. */
export function visibleOf(html: string): Visible {
  const words: string[] = [];
  const looks: string[] = [];
  const open: string[] = [];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        open.push(name);
        if (noElements.has(name)) return;
        const given = Object.entries(attributes).filter(([attribute]) => shaping.has(attribute));
        looks.push([name, ...given.map(([attribute, value]) => `${attribute}=${squeezed(value)}`)].join(' '));
      },
      onclosetag() {
        open.pop();
      },
      ontext(text) {
        const inside = open.at(-1) ?? '';
        if (inside === 'style') looks.push(squeezed(text));
        else if (!unseen.has(inside)) words.push(...wordsOf(text));
      },
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return { words, looks };
}

/** The words of a text. */
function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '');
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
