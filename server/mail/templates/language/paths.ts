import type { ContractSpec, FieldSpec } from './contract.ts';
import type { TemplateContent } from './template.ts';
import { walkTemplate } from './walk.ts';

/** A place where a template asks for what it will not get. */
export interface PathFault {
  /** `subject`, `html.nl` (in another language), `layout.text` or `partials/fact.html`. */
  part: string;
  /** From 1, in the source of the part. */
  line: number;
  /** As written, such as `../order.total`; a helper's or partial's name; empty where the part doesn't parse. */
  path: string;
  /** One sentence without its full stop. */
  problem: string;
}

/**
 * Checks every variable, helper and partial that a template names against its data contract, whether or not its
 * sample leads there: at run time Handlebars takes a misspelt name in `#if`, `#each` or an argument for an empty one.
 */
export function checkTemplatePaths(content: TemplateContent): PathFault[] {
  const errors = walkTemplate(content).notes.filter(({ severity }) => severity === 'error');
  return errors.map(({ part, locale, line, path, problem }) => {
    const suffix = locale === null || locale === 'default' ? '' : `.${locale}`;
    return { part: `${part}${suffix}`, line, path, problem };
  });
}

/** Required fields that no part uses, as paths such as `order.items[].title`; a whole that is unused stands for its parts. */
export function unusedFields(contract: ContractSpec, used: ReadonlySet<FieldSpec>, prefix = ''): string[] {
  return Object.entries(contract).flatMap(([name, spec]) => unusedIn(spec, used, `${prefix}${name}`));
}

function unusedIn(spec: FieldSpec, used: ReadonlySet<FieldSpec>, path: string): string[] {
  if (!used.has(spec)) return spec.optional ? [] : [path];
  const ofItems = spec.items?.fields ? unusedFields(spec.items.fields, used, `${path}[].`) : [];
  return spec.fields ? unusedFields(spec.fields, used, `${path}.`) : ofItems;
}
