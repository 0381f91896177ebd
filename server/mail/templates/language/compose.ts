import { brandOfKey } from '../../routing/brands.ts';
import { type Issue, issue, type SourcePosition } from '../issue.ts';
import { type Inclusions, type ReadSource, textName } from './inclusions.ts';
import type { ParseError } from './scan.ts';
import { brandKey, noLayout, type Source, sourceName } from './source.ts';
import type { TemplateContent, TemplateParts } from './template.ts';

/** Sources by {@link sourceName}. */
export type Sources = ReadonlyMap<string, ReadSource>;

/** A template with all that it includes, or as much of it as there is; null where there is no layout or brand, or more than can be read. */
export interface Composition {
  content: TemplateContent | null;
  issues: Issue[];
}

/** Puts a template together with the layout, the partials it reaches and the brand; nothing is parsed. Never throws. */
export function compose(
  { source: { key, content: template }, inclusions }: ReadSource<Source<'template'>>,
  sources: Sources,
): Composition {
  const issues: Issue[] = [];
  const framing = find(sources, 'layout', template.layout);
  const layout = layoutOf(template.layout, framing?.source);
  const brand = find(sources, 'brand', brandKey);
  if (!layout) issues.push(issue('composition', `There is no layout ${template.layout}.`));
  if (!brand) issues.push(issue('composition', 'There is no brand.'));

  const locales = Object.fromEntries(
    Object.entries(template.locales).map(([locale, { mjml: _, ...parts }]) => [locale, parts]),
  ) as TemplateContent['locales'];
  const start = (flavour: Flavour, names: (keyof TemplateParts)[]): Text[] => [
    ...(framing
      ? [{ part: `layout.${flavour}` as const, locale: null, name: flavour, of: framing.inclusions }]
      : []),
    ...partsOfLocales(locales, names, inclusions),
  ];
  const partials = {
    html: reachedPartials(start('html', ['html']), 'html', sources, issues),
    text: reachedPartials(start('text', ['subject', 'preheader', 'text']), 'text', sources, issues),
  };
  const { category, description, contract, sample } = template;
  const confidential = template.confidential ?? commonOf(key, sources)?.content.confidential;
  const content =
    layout && brand && !issues.some(({ rule }) => rule === tooLarge)
      ? {
          key,
          category,
          description,
          contract,
          sample,
          ...(confidential && { confidential }),
          locales,
          layout,
          partials,
          brand: brand.source.content,
        }
      : null;
  return { content, issues };
}

/** The template in whose place a brand's own one is sent, as `receipt` for `outlet.receipt`; it is as confidential. */
function commonOf(key: string, sources: Sources): Source<'template'> | undefined {
  const brand = brandOfKey(key);
  return brand === null ? undefined : find(sources, 'template', key.slice(brand.length + 1))?.source;
}

/** The source of that kind and key. */
export function find<K extends Source['kind']>(
  sources: Sources,
  kind: K,
  key: string,
): ReadSource<Source<K>> | undefined {
  return sources.get(sourceName({ kind, key })) as ReadSource<Source<K>> | undefined;
}

type Flavour = 'html' | 'text';

/** A piece of Handlebars whose partials are wanted: where it stands, and under which name they are found. */
interface Text extends Pick<SourcePosition, 'part' | 'locale'> {
  name: string;
  of: Inclusions;
}

function layoutOf(key: string, layout: Source<'layout'> | undefined): TemplateContent['layout'] | undefined {
  if (key === noLayout) return { html: '{{> content}}', text: '{{> content}}' };
  return layout && { html: layout.content.html, text: layout.content.text };
}

function partsOfLocales(
  locales: TemplateContent['locales'],
  names: (keyof TemplateParts)[],
  of: Inclusions,
): Text[] {
  return Object.keys(locales).flatMap(locale =>
    names.map(part => ({ part, locale, name: textName(part, locale), of })),
  );
}

/** Only what is reached from these, so that a change to another partial makes no new version. */
function reachedPartials(
  from: Text[],
  flavour: Flavour,
  sources: Sources,
  issues: Issue[],
): Record<string, string> {
  const reached = new Map<string, string>();
  const waiting = [...from];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of namesIn(next, issues)) {
      if (reached.has(name)) continue;
      const partial = find(sources, 'partial', name);
      const source = partial?.source.content[flavour];
      if (!partial || source === undefined) {
        const { part, locale } = next;
        issues.push(issue('partial', `There is no partial ${name}.`, { part, locale, about: name }));
      } else {
        reached.set(name, source);
        waiting.push({
          part: `partial:${name}.${flavour}`,
          locale: null,
          name: flavour,
          of: partial.inclusions,
        });
      }
    }
  }
  return Object.fromEntries(reached);
}

const tooLarge = 'size';

function namesIn({ part, locale, name, of }: Text, issues: Issue[]): string[] {
  const found = of[name] ?? { names: [] };
  if ('names' in found) return found.names;
  issues.push(parseIssue(found, { part, locale }));
  return [];
}

/** Why a part cannot be read, as an issue of it. */
export function parseIssue(
  { line, problem, tooLarge: isTooLarge }: ParseError,
  at: Pick<SourcePosition, 'part' | 'locale'>,
): Issue {
  const message = `This part ${problem}.`;
  return issue(isTooLarge ? tooLarge : 'parse', message, { ...at, line });
}
