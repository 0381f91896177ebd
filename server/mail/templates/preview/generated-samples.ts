import type { ContractSpec, FieldSpec } from '../language/contract.ts';
import type { TemplateContent } from '../language/template.ts';

/** Data for a preview that nobody had to think of. */
export interface GeneratedSample {
  name: string;
  locale: string | null;
  data: Record<string, unknown>;
}

/** Data with which templates tend to break, made from a contract and its sample; only those that differ from it. */
export function generatedSamples({ contract, sample, locales }: TemplateContent): GeneratedSample[] {
  const asSampled = JSON.stringify(sample);
  const made: GeneratedSample[] = [
    { name: 'No optional fields', locale: null, data: bareSample(contract, sample) },
    { name: 'Long text', locale: null, data: change(contract, sample, longText) },
    { name: 'Special characters', locale: null, data: change(contract, sample, specialText) },
    { name: 'Empty lists', locale: null, data: change(contract, sample, emptyList) },
  ];
  const different = made.filter(({ data }) => JSON.stringify(data) !== asSampled);
  return [...different, { name: 'Other language', locale: otherLocale(locales), data: sample }];
}

/** The sample without whatever may be left out. */
export function bareSample(contract: ContractSpec, sample: Record<string, unknown>): Record<string, unknown> {
  const required = Object.entries(contract).filter(([name, spec]) => !spec.optional && name in sample);
  return Object.fromEntries(required.map(([name, spec]) => [name, bare(spec, sample[name])]));
}

function bare(spec: FieldSpec, value: unknown): unknown {
  const { fields, items } = spec;
  if (fields && isObject(value)) return bareSample(fields, value);
  return items && Array.isArray(value) ? value.map(item => bare(items, item)) : value;
}

/** Gives a new value, or undefined to leave it to what is inside. */
type Change = (spec: FieldSpec, value: unknown) => unknown;

function change(contract: ContractSpec, data: Record<string, unknown>, how: Change): Record<string, unknown> {
  const changed = Object.entries(data).map(([name, value]) => [
    name,
    Object.hasOwn(contract, name) ? changeField(contract[name], value, how) : value,
  ]);
  return Object.fromEntries(changed);
}

function changeField(spec: FieldSpec | undefined, value: unknown, how: Change): unknown {
  if (!spec) return value;
  const changed = how(spec, value);
  if (changed !== undefined) return changed;
  if (spec.fields && isObject(value)) return change(spec.fields, value, how);
  return Array.isArray(value) ? value.map(item => changeField(spec.items, item, how)) : value;
}

const words = 'Donaudampfschifffahrtsgesellschaftskapitän and a good many further words after it, ';

const longText: Change = (spec, value) => {
  if (!isFreeText(spec, value)) return undefined;
  return words
    .repeat(10)
    .slice(0, Math.min(spec.max ?? 400, 800))
    .trim();
};

const specialText: Change = (spec, value) =>
  isFreeText(spec, value) ? `<b>O'Neil & "Søn"</b> 日本 {{name}} 🎉`.slice(0, spec.max) : undefined;

const emptyList: Change = ({ type, min = 0 }) => (type === 'array' && min === 0 ? [] : undefined);

function isFreeText(spec: FieldSpec, value: unknown): value is string {
  return spec.type === 'string' && !spec.enum && typeof value === 'string';
}

/** One that the template has words for; else one in which numbers and dates are written in another way. */
function otherLocale(locales: TemplateContent['locales']): string {
  return Object.keys(locales).find(locale => locale !== 'default') ?? 'de-DE';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
