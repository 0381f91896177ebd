/** What callers of the module may name about templates: types, and the pure helpers of an editor. */

export type { ContractSpec, FieldSpec, FieldType } from '../language/contract.ts';
export { type ContractRow, contractToRows, rowsToContract } from '../language/contract-rows.ts';
export { canonicalLocale, withLocale, withoutLocale } from '../language/locales.ts';
export {
  brandKey,
  type Cause,
  noLayout,
  type Source,
  type SourceKind,
  type SourceParts,
  type SourceRef,
  sourceKinds,
  sourceName,
  type TemplateSource,
} from '../language/source.ts';
export type { TemplateContent, TemplateParts } from '../language/template.ts';
export type * from './api.ts';
export type { DiffHunk, DiffLine, PartDiff } from './difference.ts';
export { writeTemplateTypes } from './write-files.ts';
