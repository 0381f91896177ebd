import type { CompositionFault } from '../language/compose.ts';
import { partialNames } from '../language/partial-names.ts';
import { noLayout, type Source, sourceName } from '../language/source.ts';
import { type Fault, inOrder } from '../lint/fault.ts';
import type { Candidate, TemplateFault } from './api.ts';
import type { Touched } from './plan.ts';
import type { Studio } from './studio.ts';

/** Every fault of the templates that a publication touches, errors first within each. */
export async function examine(studio: Studio, touched: readonly Touched[]): Promise<Candidate[]> {
  return Promise.all(touched.map(one => examineOne(studio, one)));
}

async function examineOne(
  studio: Studio,
  { key, direct, content, published, faults }: Touched,
): Promise<Candidate> {
  const found = content ? await studio.checks.check(content) : faults.map(compositionFault);
  // What was wrong with it before is no fault of a layout that is published now.
  const before = !direct && published && found.length > 0 ? await studio.checks.check(published) : [];
  const known = new Set(before.map(sameness));
  const news = inOrder(found.filter(fault => !known.has(sameness(fault))));
  return { key, content, published, faults: news.map(fault => ({ ...fault, template: key })) };
}

function compositionFault({ ref, part, line, problem }: CompositionFault): Fault {
  return wholeFault('composition', `${sourceName(ref)}, ${part}: ${problem}.`, line ?? 1);
}

/** Faults that only the source shows, before any template is put together with it. */
export function sourceFaults(source: Source, compiled: readonly Fault[]): TemplateFault[] {
  return [...compiled, ...ownFaults(source)].map(fault => ({ ...fault, template: source.key }));
}

function ownFaults(source: Source): Fault[] {
  switch (source.kind) {
    case 'template': {
      const { layout, locales } = source.content;
      const isWhole = Object.values(locales).some(({ mjml }) => mjml !== undefined);
      if (!isWhole || layout === noLayout) return [];
      return [wholeFault('layout', `MJML makes a whole document: set the layout to ${noLayout}.`)];
    }
    case 'layout':
    case 'partial':
      // Also where no template uses it yet.
      return (['html', 'text'] as const).flatMap(part => {
        const read = partialNames(source.content[part] ?? '');
        return 'names' in read
          ? []
          : { ...wholeFault('syntax', `The ${part} ${read.problem}.`, read.line), part };
      });
    case 'brand':
      return [];
  }
}

function wholeFault(rule: string, message: string, line = 1): Fault {
  return { part: 'template', locale: null, line, column: 1, severity: 'error', rule, message };
}

function sameness({ part, locale, rule, message }: Fault): string {
  return JSON.stringify([part, locale, rule, message]);
}
