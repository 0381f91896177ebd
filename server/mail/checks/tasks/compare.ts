import { diffLines } from 'diff';
import type { TemplateContent } from '../../rules/template.ts';
import { problemOf, type RenderProblem } from '../outcome.ts';
import { type RenderedMail, type RenderJob, render } from './render.ts';

/** One message that was sent: its data, and the version it was sent with beside the candidate. */
export interface ComparisonJob extends RenderJob {
  sentWith: TemplateContent;
}

/** How a candidate's mail differs from the mail that was sent. */
export interface Comparison {
  kind: 'failure' | 'different' | 'same';
  problem: RenderProblem | null;
  /** Null where it stays the same. */
  subject: { before: string; after: string } | null;
  /** Lines that would be added and removed. */
  text: LineCount;
  html: LineCount;
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
    return { kind: 'failure', problem: problemOf(error), subject: null, text: noLines, html: noLines };
  }
  const before = renderedAsSent({ ...job, content: sentWith });
  const subject = before.subject === after.subject ? null : { before: before.subject, after: after.subject };
  const text = changedLines(before.text, after.text);
  const html = changedLines(before.html, after.html);
  const isSame = subject === null && [text, html].every(({ added, removed }) => added + removed === 0);
  return { kind: isSame ? 'same' : 'different', problem: null, subject, text, html };
}

const noLines: LineCount = { added: 0, removed: 0 };
const nothing: RenderedMail = { subject: '', preheader: '', html: '', text: '' };

// It was rendered once; should it fail now, everything the candidate shows is new.
function renderedAsSent(job: RenderJob): RenderedMail {
  try {
    return render(job);
  } catch {
    return nothing;
  }
}

function changedLines(before: string, after: string): LineCount {
  if (before === after) return noLines;
  // Bounded: two mails with nothing in common would be compared for long, and then the count says little.
  const changes = diffLines(before, after, { ignoreWhitespace: true, maxEditLength: 2000 });
  if (!changes) return { added: lineCount(after), removed: lineCount(before) };
  const count = (kind: 'added' | 'removed') =>
    changes.reduce((sum, change) => sum + (change[kind] ? change.count : 0), 0);
  return { added: count('added'), removed: count('removed') };
}

function lineCount(text: string): number {
  return text.split('\n').length;
}
