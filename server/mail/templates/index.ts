// The only door of the templates: the rest of the module imports nothing else of them.

export type { MailTemplates } from './api.ts';
export type * from './authoring/api.ts';
export { draftAuthors } from './authoring/drafts-store.ts';
export { createAuthoring } from './authoring/index.ts';
export { configuredPlaceholders, refuseConfiguredPlaceholders } from './authoring/placeholders.ts';
export type { Plan } from './authoring/plan.ts';
export type { DecidedOptions } from './authoring/publications.ts';
export { publishedRevision } from './authoring/publications-store.ts';
export { publishedPlaceholders } from './authoring/published-sources.ts';
export { writeTemplateTypes } from './authoring/write-files.ts';
export { createFileTemplates, type FileTemplates } from './file-templates.ts';
export { createFrames, type Frames } from './frames.ts';
export { checkedTemplates } from './input.ts';
export { type Issue, type IssuePart, issueText, positionText, type SourcePosition } from './issue.ts';
export { jsonExcess } from './language/bounds.ts';
export type { ContractSpec, FieldSpec, FieldType } from './language/contract.ts';
export { type ContractRow, contractToRows, rowsToContract } from './language/contract-rows.ts';
export { helperDocs } from './language/helpers.ts';
export { type Rendered, textFromHtml } from './language/render.ts';
export {
  brandKey,
  type Cause,
  canonicalLocale,
  noLayout,
  type Source,
  type SourceKind,
  type SourceParts,
  type SourceRef,
  sourceKinds,
  sourceName,
  type TemplateSource,
  withLocale,
  withoutLocale,
} from './language/source.ts';
export type { TemplateContent, TemplateParts } from './language/template.ts';
export type { CampaignTemplateInput, TemplateInput, Topic } from './language/template-types.ts';
export { type LeakingTemplate, leakingTemplates } from './leaks.ts';
export { createDraftChecks } from './preview/draft-checks.ts';
export { createTemplateChecks, type TemplateChecks } from './preview/index.ts';
export type { Preview, PreviewOptions } from './preview/preview.ts';
export { createRenderPool, type RenderPool } from './preview/render-pool.ts';
export type { Replay, ReplayResult } from './preview/replay.ts';
export type { SampleData, SampleDataInput } from './preview/sample-data.ts';
export type { DiffHunk, DiffLine, PartDiff } from './preview/tasks/differences.ts';
export type { TestResult, TestSend } from './preview/test-send.ts';
export { createTemplates, type ReadyTemplate, renderStored, type Templates } from './templates.ts';
