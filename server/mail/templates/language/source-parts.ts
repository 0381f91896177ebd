import type { Source } from './source.ts';

/**
 * A source as named texts, in the order in which a reader wants them: `subject`, `html.nl`, `contract`, a value of the
 * brand. For showing what differs and for the audit log. HTML that was compiled from MJML is left out.
 */
export function textsOf(source: Source): Map<string, string> {
  switch (source.kind) {
    case 'template':
      return templateTexts(source);
    case 'layout':
    case 'partial':
      return texts(['html', source.content.html], ['text', source.content.text]);
    case 'brand':
      return texts(...Object.entries(source.content));
  }
}

function templateTexts({ content }: Source<'template'>): Map<string, string> {
  const { locales, contract, sample, category, description, layout, secret } = content;
  const parts = Object.entries(locales).flatMap(([locale, { subject, preheader, html, text, mjml }]) => {
    const named = (name: string) => (locale === 'default' ? name : `${name}.${locale}`);
    return [
      [named('subject'), subject],
      [named('preheader'), preheader],
      mjml === undefined ? [named('html'), html] : [named('mjml'), mjml],
      [named('text'), text],
    ] satisfies [string, string | undefined][];
  });
  return texts(
    ...parts,
    ['category', category],
    ['layout', layout],
    ['description', description],
    ['secret', secret && 'true'],
    ['contract', JSON.stringify(contract, null, 2)],
    ['sample', JSON.stringify(sample, null, 2)],
  );
}

function texts(...pairs: [string, string | undefined][]): Map<string, string> {
  return new Map(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
