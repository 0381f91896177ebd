import type { Db } from '../../../db/connect.ts';
import { MailError } from '../error.ts';
import { canonicalJson } from '../shared/fingerprint.ts';
import { createPublishedSources, type PublishedSources } from './authoring/published-sources.ts';
import type { Issue } from './issue.ts';
import { compose, find } from './language/compose.ts';
import type { ContractSpec } from './language/contract.ts';
import { type ReadSource, readHere } from './language/inclusions.ts';
import { inlineCss } from './language/inline-css.ts';
import { compileTemplate, type RenderContext, type Rendered } from './language/render.ts';
import { noLayout, type Source } from './language/source.ts';
import { withBrandValues } from './language/template.ts';
import { confidentialIssues } from './lint/confidential/check.ts';

/** A published layout, to be put around mail that has no template. */
export interface Frame {
  /** `html` is a fragment and gets the layout's styles; both are put in as they are. */
  wrap(content: Rendered, context: RenderContext): Rendered;
  /** Where it would give away what is put into it, which for confidential mail it must not; null where it does not. */
  leak(): Issue | null;
}

/**
 * The layouts by key, each compiled once per publication, for each brand's values. Throws `invalid-input` where there is
 * none of that key.
 */
export type Frames = (layout: string, values?: Readonly<Record<string, string>>) => Promise<Frame>;

/** See {@link Frames}. */
export function createFrames(db: Db): Frames {
  return framesOf(createPublishedSources(db));
}

type Layouts = Pick<PublishedSources, 'sources'>;

/** The same of whatever is published; the answer is another object once that has changed. */
export function framesOf(published: () => Promise<Layouts>): Frames {
  let known: { of: Layouts; frames: Map<string, Frame> } | null = null;
  return async (layout, values = {}) => {
    const all = await published();
    if (known?.of !== all) known = { of: all, frames: new Map() };
    const name = `${layout} ${canonicalJson(values)}`;
    const frame = known.frames.get(name) ?? frameOf(all, layout, values);
    known.frames.set(name, frame);
    return frame;
  };
}

function frameOf({ sources }: Layouts, layout: string, values: Readonly<Record<string, string>>): Frame {
  if (layout === noLayout || !find(sources, 'layout', layout))
    throw new MailError('invalid-input', `There is no layout ${layout}.`, 'layout');
  const { content: common, issues } = compose(placeholder(layout), sources);
  if (!common)
    throw new MailError('invalid-template', `The layout cannot be used: ${issues[0]?.message}`, 'layout');
  const content = withBrandValues(common, values);
  const compiled = compileTemplate(content);
  let leak: Issue | null | undefined;
  return {
    leak() {
      leak ??= confidentialIssues({ ...content, contract: whatIsPutIn, confidential: true })[0] ?? null;
      return leak;
    },
    wrap: ({ subject, html, text }, context) =>
      compiled.render({ subject, html: inlineCss(html, content), text }, context),
  };
}

const whatIsPutIn: ContractSpec = {
  subject: { type: 'string' },
  html: { type: 'string' },
  text: { type: 'string' },
};

/** A template that says whatever it is given. */
function placeholder(layout: string): ReadSource<Source<'template'>> {
  const parts = { subject: '{{subject}}', html: '{{{html}}}', text: '{{text}}' };
  return readHere({
    kind: 'template',
    key: 'composed',
    content: {
      ...{ category: '', description: '', layout, contract: {}, sample: {} },
      locales: { default: parts },
    },
  });
}
