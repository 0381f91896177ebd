import Joi from 'joi';
import { MailError } from '../../error.ts';
import { firstFault } from '../../shared/joi.ts';
import { shownWithinBounds } from './bounds.ts';
import { localePattern, type Source, type SourceParts } from './source.ts';

/** Largest source, as JSON in UTF-8. */
const largestSource = 5 * 1024 * 1024;

/**
 * The door for whatever an editor sends: what comes out has the shape of a source, though it may be incomplete and
 * make no sense yet. Line ends are made `\n`, and parts that are optional and empty are left out. Throws
 * `invalid-input` and `too-large`.
 */
export function checkSource(input: Source): Source {
  const { error, value } = sourceSchema.validate(input, { convert: false, abortEarly: true });
  if (error) {
    const { path, fault } = firstFault(error);
    throw new MailError('invalid-input', `${path || 'The source'} ${fault}.`, path || undefined);
  }
  const [over] = shownWithinBounds(value).issues;
  if (over) throw new MailError('too-large', over.message, over.part);
  const source = tidy(value);
  const size = Buffer.byteLength(JSON.stringify(source.content));
  if (size > largestSource) {
    const megabytes = (size / 1024 / 1024).toFixed(1);
    throw new MailError('too-large', `This is ${megabytes} MB; a ${source.kind} may have 5 MB.`, 'content');
  }
  return source;
}

const text = Joi.string().allow('');
const locale = Joi.string().pattern(localePattern).max(35);
/** The parts of a template in one language. */
export const partsSchema = Joi.object({
  subject: text.required(),
  preheader: text,
  html: text.required(),
  text,
  mjml: text,
});
const contents: Record<Source['kind'], Joi.Schema> = {
  template: Joi.object({
    category: text.max(64).required(),
    description: text.max(2000).required(),
    layout: text.max(64).required(),
    contract: Joi.object().required(),
    sample: Joi.object().required(),
    confidential: Joi.valid(true),
    locales: Joi.object({ default: partsSchema.required() }).pattern(locale, partsSchema).required(),
  }),
  layout: Joi.object({ html: text.required(), text: text.required() }),
  partial: Joi.object({ html: text, text }).or('html', 'text'),
  brand: Joi.object().pattern(Joi.string().pattern(/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/), text.max(2000)),
};

/** The shape of a source, whatever it says. */
export const sourceSchema: Joi.ObjectSchema<Source> = Joi.object<Source>({
  kind: Joi.valid(...Object.keys(contents)).required(),
  key: Joi.string().max(64).required(),
  content: Joi.required().when('kind', {
    switch: Object.entries(contents).map(([is, then]) => ({ is, then })),
  }),
}).required();

function tidy(source: Source): Source {
  const even = JSON.parse(JSON.stringify(source), (_key, value: unknown) =>
    typeof value === 'string' ? value.replace(/\r\n?/g, '\n') : value,
  ) as Source;
  if (even.kind === 'template') {
    for (const one of Object.values(even.content.locales)) dropEmpty(one);
  }
  return even;
}

function dropEmpty(one: SourceParts): void {
  for (const name of ['preheader', 'text', 'mjml'] as const) {
    if (one[name]?.trim() === '') delete one[name];
  }
}

/**
 * The source, as confidential as the published one: anybody who publishes can make a template confidential, but editing it, or
 * restoring a version from before the mark, opens its messages to nobody. That is decided in the files, by review.
 */
export function inheritConfidential(published: Source | undefined, source: Source): Source {
  if (source.kind !== 'template' || published?.kind !== 'template' || !published.content.confidential)
    return source;
  return { ...source, content: { ...source.content, confidential: true } };
}
