import { type Issue, isError } from '../issue.ts';
import * as colours from './colours.ts';
import type { LintRule, MailDocument } from './document.ts';
import * as html from './html.ts';
import * as images from './images.ts';
import * as links from './links.ts';
import * as text from './text.ts';

// Whatever these files export is a rule, and is asked.
const rules = [html, links, images, text, colours].flatMap<LintRule>(file => Object.values(file));

/** Every issue of a document rendered with the whole sample. */
export function lint(document: MailDocument): Issue[] {
  return rules.flatMap(rule => rule.check(document));
}

/** The issues that show when all optional fields are left out: empty links, images and subjects. */
export function lintBare(document: MailDocument): Issue[] {
  return rules
    .filter(({ whenBare }) => whenBare)
    .flatMap(rule => rule.check(document))
    .filter(isError);
}
