import { isDeepStrictEqual } from 'node:util';
import { type ContractRow, contractToRows, type Source, type SourceParts } from '../../mail/index.ts';

/**
 * What the editor's form holds, as text, valid or not. A template has its parts by locale; a layout or
 * partial has two, under `default`; the brand has values.
 */
export interface EditorFields {
  category: string;
  description: string;
  layout: string;
  /** `true` or nothing. */
  confidential: string;
  locales: Record<string, PartFields>;
  rows: RowFields[];
  /** Sample data as JSON. */
  sample: string;
  values: { name: string; value: string }[];
}

export type PartName = keyof SourceParts;
export type PartFields = Partial<Record<PartName, string>>;

/** One line of the contract's table. `was` is the sample as it was shown: only a changed one is taken over. */
export interface RowFields {
  path: string;
  type: string;
  required: boolean;
  min: string;
  max: string;
  enum: string;
  sample: string;
  was: string;
}

export const noFields: EditorFields = {
  category: '',
  description: '',
  layout: '',
  confidential: '',
  locales: {},
  rows: [],
  sample: '',
  values: [],
};

/** A source as the form shows it. */
export function fieldsOf(source: Source): EditorFields {
  switch (source.kind) {
    case 'template': {
      const { category, description, layout, confidential, locales, contract, sample } = source.content;
      return {
        ...noFields,
        ...{ category, description, layout, confidential: confidential ? 'true' : '' },
        locales: Object.fromEntries(Object.entries(locales).map(([name, parts]) => [name, { ...parts }])),
        rows: contractToRows(contract, sample).map(rowFields),
        sample: JSON.stringify(sample, null, 2),
      };
    }
    case 'layout':
    case 'partial':
      return { ...noFields, locales: { default: { ...source.content } } };
    case 'brand':
      return {
        ...noFields,
        values: Object.entries(source.content).map(([name, value]) => ({ name, value })),
      };
  }
}

/** A line for a further field. */
export const emptyRow: RowFields = {
  path: '',
  type: 'string',
  required: false,
  ...{ min: '', max: '', enum: '', sample: '', was: '' },
};

function rowFields({ path, type, required, min, max, enum: values, sample }: ContractRow): RowFields {
  const text = sampleText(sample);
  return {
    ...{ path, type, required },
    min: min === undefined ? '' : String(min),
    max: max === undefined ? '' : String(max),
    enum: values?.join(', ') ?? '',
    sample: text,
    was: text,
  };
}

function sampleText(sample: unknown): string {
  if (sample === undefined || sample === null) return '';
  return typeof sample === 'object' ? '' : String(sample);
}

/** True when two sources are the same to an editor: an empty part counts as an absent one. */
export function isSameSource(one: Source, other: Source): boolean {
  return isDeepStrictEqual(comparable(one), comparable(other));
}

function comparable(source: Source): EditorFields {
  const fields = fieldsOf(source);
  const written = Object.entries(fields.locales).map(([locale, { mjml, html, ...parts }]) => {
    // HTML beside MJML is what it compiles to.
    const body = mjml === undefined ? { html } : { mjml };
    const texts = Object.entries({ ...parts, ...body }).filter(
      ([, text]) => text !== '' && text !== undefined,
    );
    return [locale, Object.fromEntries(texts)];
  });
  return { ...fields, locales: Object.fromEntries(written) };
}
