import { activeContent } from './active-content.ts';
import { contrast } from './contrast.ts';
import type { Fault } from './fault.ts';
import { images } from './images.ts';
import type { Letter, LetterRule } from './letter.ts';
import { links } from './links.ts';
import { preheader } from './preheader.ts';
import { sender } from './sender.ts';
import { size } from './size.ts';
import { subject } from './subject.ts';
import { textPart } from './text-part.ts';
import { unsubscribe } from './unsubscribe.ts';
import { unsupported } from './unsupported.ts';

/** Whatever a letter shows, however much data it was given. */
const always: LetterRule[] = [activeContent, links, images];
/** What is asked of the letter that the sample gives. */
const ofSample: LetterRule[] = [
  subject,
  preheader,
  sender,
  textPart,
  unsubscribe,
  size,
  unsupported,
  contrast,
];

/** Every fault of a letter rendered with the whole sample. */
export function lint(letter: Letter): Fault[] {
  return [...always, ...ofSample].flatMap(rule => rule(letter));
}

/** The faults that show when all optional fields are left out: empty links, images and subjects. */
export function lintBare(letter: Letter): Fault[] {
  return [...always, subject].flatMap(rule => rule(letter)).filter(({ severity }) => severity === 'error');
}
