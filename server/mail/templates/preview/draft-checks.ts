import { shownLinks } from '../../routing/mail-links.ts';
import type { TemplatesContext } from '../context.ts';
import type { Inclusions } from '../language/inclusions.ts';
import { excessOf, type ParseError } from '../language/scan.ts';
import { type TemplateContent, withBrandValues } from '../language/template.ts';
import { workLimits } from './render-pool.ts';
import { type Compared, type PartDiff, undescribed } from './tasks/differences.ts';
import type { RenderedDifferences } from './tasks/rendered-differences.ts';

/** Until when an answer is wanted. */
export interface Wanted {
  signal?: AbortSignal | undefined;
}

/** Two versions of one template; null where one cannot be put together. */
export interface TwoVersions {
  from: TemplateContent | null;
  to: TemplateContent | null;
}

/** What authoring asks about sources that are not published, and is answered in a thread of the pool. */
export interface DraftChecks {
  /** What each of these texts includes. What is over the bounds is not parsed, and what takes too long is told as such. */
  inclusions(texts: Readonly<Record<string, string>>, wanted?: Wanted): Promise<Inclusions>;
  /** What differs between texts; where that takes too long, in which parts. */
  differences(texts: Compared, wanted?: Wanted): Promise<PartDiff[]>;
  /** What differs in the mails that two versions make of their samples. */
  renderedDifferences(versions: TwoVersions, wanted?: Wanted): Promise<RenderedDifferences>;
}

/** See {@link DraftChecks}. */
export function createDraftChecks(
  context: Pick<TemplatesContext, 'renderPool' | 'brands' | 'providers' | 'links' | 'unsubscribing'>,
): DraftChecks {
  const { renderPool, brands } = context;
  return {
    inclusions: (texts, wanted) => inclusions(context, texts, wanted),

    async differences(texts, wanted) {
      const outcome = await renderPool.run('differences', texts, { ...wanted });
      return outcome.ok ? outcome.value : undescribed(texts);
    },

    async renderedDifferences({ from, to }, wanted) {
      // A brand's own template is shown as the brand sends it.
      const inBrand = (content: TemplateContent | null) =>
        content && withBrandValues(content, brands.ofTemplate(content.key).values);
      const job = {
        ...{ from: inBrand(from), to: inBrand(to) },
        ...shownLinks(context),
        partBytes: workLimits.partBytes,
      };
      const outcome = await renderPool.run('renderedDifferences', job, { ...wanted });
      if (outcome.ok) return outcome.value;
      const { message } = outcome.problem;
      return { rendered: [], problems: [{ side: 'to', locale: 'default', message }] };
    },
  };
}

/** Bounds first, which is quick: with what is over them no thread is bothered. */
async function inclusions(
  { renderPool }: Pick<TemplatesContext, 'renderPool'>,
  texts: Readonly<Record<string, string>>,
  wanted: Wanted = {},
): Promise<Inclusions> {
  const over: Record<string, ParseError> = {};
  const within: Record<string, string> = {};
  for (const [name, text] of Object.entries(texts)) {
    const excess = excessOf(text);
    if (excess) over[name] = excess;
    else within[name] = text;
  }
  // Without braces there is nothing to parse.
  if (!Object.values(within).some(text => text.includes('{{'))) return { ...nothingIn(within), ...over };
  const outcome = await renderPool.run('readInclusions', within, { ...wanted });
  return { ...(outcome.ok ? outcome.value : unread(within)), ...over };
}

function nothingIn(texts: Readonly<Record<string, string>>): Inclusions {
  return Object.fromEntries(Object.keys(texts).map(name => [name, { names: [] }]));
}

function unread(texts: Readonly<Record<string, string>>): Inclusions {
  const tooLong: ParseError = {
    line: 1,
    problem: 'takes too long to be read: make it simpler',
    tooLarge: true,
  };
  return Object.fromEntries(Object.keys(texts).map(name => [name, tooLong]));
}
