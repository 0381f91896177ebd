import { helperDocs, type Mail, type Source, type SourceRef } from '../../mail/index.ts';

/** What autocomplete and the picker offer beside the contract's variables, which the form itself has. */
export interface EditorVocabulary {
  partials: { html: string[]; text: string[] };
  helpers: typeof helperDocs;
  /** The names of the brand's values. */
  brand: string[];
}

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
    helpers: helperDocs,
    brand: Object.keys((brand?.published ?? brand?.draft)?.source.content ?? {}),
  };
}
