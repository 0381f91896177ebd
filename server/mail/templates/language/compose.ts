import { partialNames } from './partial-names.ts';
import { brandKey, noLayout, type Source, type SourceRef, sourceName } from './source.ts';
import type { TemplateContent, TemplateParts } from './template.ts';

/** Sources by {@link sourceName}. */
export type Sources = ReadonlyMap<string, Source>;

/** What stands in the way of putting a template together. */
export interface CompositionFault {
  ref: SourceRef;
  /** `html.nl`; the flavour of a layout or partial. */
  part: string;
  /** Null where the source as a whole is meant. */
  line: number | null;
  problem: string;
  /** True where nothing can be put together: no layout or brand, or more of it than can be read. */
  fatal: boolean;
}

/** A template with all that it includes, or as much of it as there is; null where a fault is fatal. */
export interface Composition {
  content: TemplateContent | null;
  faults: CompositionFault[];
}

/** Puts a template together with the layout, the partials it reaches and the brand. Never throws. */
export function compose({ key, content: template }: Source<'template'>, sources: Sources): Composition {
  const faults: CompositionFault[] = [];
  const layout = layoutOf(sources, template.layout);
  const brand = find(sources, 'brand', brandKey);
  const fatal = (ref: SourceRef, part: string, problem: string) =>
    faults.push({ ...missing(ref, part, problem), fatal: true });
  if (!layout) fatal({ kind: 'template', key }, 'layout', `there is no layout ${template.layout}`);
  if (!brand) fatal({ kind: 'brand', key: brandKey }, 'brand', 'there is no brand');

  const locales = Object.fromEntries(
    Object.entries(template.locales).map(([locale, { mjml: _, ...parts }]) => [locale, parts]),
  ) as TemplateContent['locales'];
  const start = (flavour: Flavour, names: (keyof TemplateParts)[]): Included[] => [
    { ref: { kind: 'layout', key: template.layout }, part: flavour, source: layout?.[flavour] ?? '' },
    ...partsOfLocales(key, locales, names),
  ];
  const partials = {
    html: reachedPartials(start('html', ['html']), 'html', sources, faults),
    text: reachedPartials(start('text', ['subject', 'preheader', 'text']), 'text', sources, faults),
  };
  const { category, description, contract, sample, secret } = template;
  const content =
    layout && brand && !faults.some(fault => fault.fatal)
      ? {
          key,
          category,
          description,
          contract,
          sample,
          ...(secret && { secret }),
          locales,
          layout,
          partials,
          brand: brand.content,
        }
      : null;
  return { content, faults };
}

/** The source of that kind and key. */
export function find<K extends Source['kind']>(
  sources: Sources,
  kind: K,
  key: string,
): Source<K> | undefined {
  return sources.get(sourceName({ kind, key })) as Source<K> | undefined;
}

type Flavour = 'html' | 'text';

/** A piece of Handlebars whose partials are wanted, and where it stands. */
interface Included {
  ref: SourceRef;
  part: string;
  source: string;
}

function layoutOf(sources: Sources, key: string): TemplateContent['layout'] | undefined {
  if (key === noLayout) return { html: '{{> content}}', text: '{{> content}}' };
  const layout = find(sources, 'layout', key);
  return layout && { html: layout.content.html, text: layout.content.text };
}

function partsOfLocales(
  key: string,
  locales: TemplateContent['locales'],
  names: (keyof TemplateParts)[],
): Included[] {
  return Object.entries(locales).flatMap(([locale, parts]) =>
    names.map(name => ({
      ref: { kind: 'template', key } as const,
      part: locale === 'default' ? name : `${name}.${locale}`,
      source: parts[name] ?? '',
    })),
  );
}

/** Only what is reached from these, so that a change to another partial makes no new version. */
function reachedPartials(
  from: Included[],
  flavour: Flavour,
  sources: Sources,
  faults: CompositionFault[],
): Record<string, string> {
  const reached = new Map<string, string>();
  const waiting = [...from];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const name of namesIn(next, faults)) {
      if (reached.has(name)) continue;
      const source = find(sources, 'partial', name)?.content[flavour];
      if (source === undefined) {
        faults.push(missing(next.ref, next.part, `there is no partial ${name}`));
      } else {
        reached.set(name, source);
        waiting.push({ ref: { kind: 'partial', key: name }, part: flavour, source });
      }
    }
  }
  return Object.fromEntries(reached);
}

function namesIn({ ref, part, source }: Included, faults: CompositionFault[]): string[] {
  const found = partialNames(source);
  if ('names' in found) return found.names;
  const { line, problem, beyond } = found;
  faults.push({ ref, part, line, problem, fatal: beyond });
  return [];
}

function missing(ref: SourceRef, part: string, problem: string): CompositionFault {
  return { ref, part, line: null, problem, fatal: false };
}
