import Joi from 'joi';
import type { PreferenceChange, Preferences } from '../mail/index.ts';

/** What the form of the preference page sends. */
export interface PreferenceForm {
  /** Topics that the page showed: one that was added since is not taken for unticked. */
  shown: string[];
  /** Those of them that are ticked. */
  wanted: string[];
  allBulk: boolean;
  nonEssential: boolean;
}

/** Value of the hidden field that says that the form was sent: what lacks it, such as an empty body, is none. */
export const formMark = 'preferences';

const topics = Joi.array()
  .items(
    Joi.string()
      .pattern(/^[a-z0-9][a-z0-9_-]*$/)
      .max(64),
  )
  .single()
  .max(500)
  .default([]);
const ticked = Joi.valid('on');

const schema = Joi.object({
  form: Joi.valid(formMark).required(),
  shown: topics,
  wanted: topics,
  allBulk: ticked,
  nonEssential: ticked,
});

/** Reads the fields; null for what is no form of ours. */
export function readPreferenceForm(fields: unknown): PreferenceForm | null {
  const { error, value } = schema.validate(fields ?? {});
  if (error) return null;
  const { shown, wanted, allBulk, nonEssential } = value;
  return { shown, wanted, allBulk: allBulk === 'on', nonEssential: nonEssential === 'on' };
}

/** What a form asks for, seen from what is so now; null when it wants a topic that is not offered. */
export function changeAskedBy(form: PreferenceForm, now: Preferences): PreferenceChange | null {
  const [shown, wanted] = [new Set(form.shown), new Set(form.wanted)];
  const offered = new Set(now.topics.map(({ key }) => key));
  if (form.wanted.some(key => !offered.has(key))) return null;
  // Who leaves what they never had unticked says nothing; who leaves what they have ticked is told what stops it.
  const given = now.topics.filter(({ key, subscribed }) => wanted.has(key) || (shown.has(key) && subscribed));
  return {
    topics: Object.fromEntries(given.map(({ key }) => [key, wanted.has(key)])),
    ...(form.allBulk !== now.allBulk && { allBulk: form.allBulk }),
    ...(form.nonEssential !== now.nonEssential && { nonEssential: form.nonEssential }),
  };
}
