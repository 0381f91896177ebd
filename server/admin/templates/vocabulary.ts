import type { Mail, Source, SourceRef } from '../../mail/index.ts';

/** What autocomplete and the picker offer beside the contract's variables, which the form itself has. */
export interface EditorVocabulary {
  partials: { html: string[]; text: string[] };
  helpers: { name: string; usage: string; says: string }[];
  /** The names of the brand's values. */
  brand: string[];
}

const helpers: EditorVocabulary['helpers'] = [
  {
    name: 'money',
    usage: 'money amount currency',
    says: 'An amount in minor units: {{money 1999 "EUR"}}',
  },
  {
    name: 'date',
    usage: 'date iso [zone]',
    says: 'A date, in UTC unless a time zone is given: {{date order.placedAt}}',
  },
  { name: 'datetime', usage: 'datetime iso [zone]', says: 'A date and time, with the name of the time zone' },
  { name: 'number', usage: 'number n', says: 'A number, formatted for the locale' },
  { name: 'eq', usage: 'eq a b', says: 'True when both are equal: {{#if (eq state "late")}}' },
];

/** Gathers what can be named in a source. */
export async function vocabularyOf(mail: Mail, ref: SourceRef, source: Source): Promise<EditorVocabulary> {
  const [partials, brand] = await Promise.all([
    mail.templates.list('partial'),
    mail.templates.get({ kind: 'brand', key: 'default' }),
  ]);
  const others = partials.map(({ key }) => key).filter(key => ref.kind !== 'partial' || key !== ref.key);
  const views = await Promise.all(others.map(key => mail.templates.get({ kind: 'partial', key })));
  const having = (flavour: 'html' | 'text') =>
    others.filter((_, i) => (views[i]?.published ?? views[i]?.draft)?.source.content[flavour] !== undefined);
  const content = source.kind === 'layout' ? ['content'] : [];
  return {
    partials: { html: [...content, ...having('html')], text: [...content, ...having('text')] },
    helpers,
    brand: Object.keys((brand?.published ?? brand?.draft)?.source.content ?? {}),
  };
}
