import Joi from 'joi';
import { type SourceKind, sourceKinds } from '../../mail/index.ts';
import { type FormSchema, field } from '../form.ts';

const notOurs = 'This is not a form of these pages: reload the page.';
const line = (longest: number) => field.line(longest, notOurs);

/** What is asked of a draft that may have changed meanwhile. */
export interface RevisionForm {
  revision: number;
}

/** What is published, and why. */
export interface PublicationForm extends RevisionForm {
  message: string;
  acceptWarnings: string;
}

/** A new template, layout or partial. */
export interface CreationForm {
  kind: SourceKind;
  key: string;
  category: string;
  layout: string;
  markup: string;
}

/** HTML that was just rendered, to be shown in a frame. */
export interface FrameForm {
  html: string;
  scheme: string;
}

/** The form that discards a draft. */
export const discardForm: FormSchema<RevisionForm> = Joi.object({ revision: field.number(notOurs) });

/** The forms that publish a draft or an earlier version. */
export const publicationForm: FormSchema<PublicationForm> = Joi.object({
  revision: field.number(notOurs),
  message: field.text(100_000, 'Enter what changed, as text.').trim(),
  acceptWarnings: line(10),
});

/** The form of a new source; what it names is checked when it is created, and shown in the form. */
export const creationForm: FormSchema<CreationForm> = Joi.object({
  kind: field.choice(sourceKinds, 'There is no such kind.'),
  key: line(1000),
  category: line(1000),
  layout: line(1000),
  markup: line(10),
});

/** What the editor's frame is given. */
export const frameForm: FormSchema<FrameForm> = Joi.object({
  html: field.text(8_000_000, notOurs),
  scheme: line(10),
});
