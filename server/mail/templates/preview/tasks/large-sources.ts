import type { TemplateContent } from '../../language/template.ts';
import type { FaultPart } from '../../lint/fault.ts';

/** Largest source of one part, in characters: ten times what Gmail shows whole, and examined within a second or two. */
export const largestSource = 1024 * 1024;

/** A part by its name and language; layouts and partials have none. */
interface PartName {
  part: FaultPart;
  locale: string | null;
}

/** The parts that are too large to be worked on. */
export function largeSources({ locales, layout, partials }: TemplateContent): PartName[] {
  const large: PartName[] = [];
  const look = (part: FaultPart, locale: string | null, source = '') => {
    if (source.length > largestSource) large.push({ part, locale });
  };
  for (const [locale, parts] of Object.entries(locales)) {
    for (const part of ['subject', 'preheader', 'html', 'text'] as const) look(part, locale, parts[part]);
  }
  for (const flavour of ['html', 'text'] as const) {
    look(`layout.${flavour}`, null, layout[flavour]);
    for (const [name, source] of Object.entries(partials[flavour]))
      look(`partial:${name}.${flavour}`, null, source);
  }
  return large;
}
