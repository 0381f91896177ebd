/** What callers of the module may name about templates: types, and the pure helpers of an editor. */

export type { ContractSpec, FieldSpec, FieldType } from '../rules/contract.ts';
export { type ContractRow, contractToRows, rowsToContract } from '../rules/contract-rows.ts';
export type { DiffHunk, DiffLine, PartDiff } from '../rules/difference.ts';
export type { FileState } from '../rules/file-state.ts';
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
} from '../rules/source.ts';
export { canonicalLocale, withLocale, withoutLocale } from '../rules/source-locales.ts';
export type { TemplateContent, TemplateParts } from '../rules/template.ts';
export type * from './api.ts';
export { writeTemplateTypes } from './type-file.ts';
