import type { Source } from '../language/source.ts';
import type { Fault } from '../lint/fault.ts';
import type { Studio } from './studio.ts';

/** Compiles a template's MJML, in each language that has some, to the HTML beside it. Other sources stay as they are. */
export async function compileSource<S extends Source>(
  { checks }: Pick<Studio, 'checks'>,
  source: S,
): Promise<{ source: S; faults: Fault[] }> {
  if (source.kind !== 'template') return { source, faults: [] };
  const faults: Fault[] = [];
  const locales = { ...source.content.locales };
  for (const [locale, parts] of Object.entries(locales)) {
    if (parts.mjml === undefined) continue;
    const compiled = await checks.compileMjml(parts.mjml);
    faults.push(...compiled.faults.map(fault => ({ ...fault, locale })));
    locales[locale] = { ...parts, html: compiled.html };
  }
  return { source: { ...source, content: { ...source.content, locales } }, faults };
}
