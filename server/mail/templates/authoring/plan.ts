import { contentHash } from '../../shared/fingerprint.ts';
import type { Issue } from '../issue.ts';
import { compose, type Sources } from '../language/compose.ts';
import { type Cause, type Source, type SourceRef, sourceHash, sourceName } from '../language/source.ts';
import { inheritConfidential } from '../language/source-schema.ts';
import type { TemplateContent } from '../language/template.ts';
import { usesAmong } from '../language/uses.ts';
import type { NewTemplateVersion, NewVersion } from './publications-store.ts';
import type { PublishedSources } from './published-sources.ts';

/** A source that somebody wants to publish. */
export interface Change {
  source: Source;
  cause: Cause;
  message: string;
  by: string;
}

/** A template that a publication changes, before and after. */
export interface AffectedTemplate {
  key: string;
  /** Key of its layout. */
  layout: string;
  /** False when only something that it uses changes. */
  direct: boolean;
  content: TemplateContent | null;
  published: TemplateContent | null;
  /** Of putting it together. */
  issues: Issue[];
}

/** What a publication would write. */
export interface Plan {
  /** The revision of what was published when it was made. */
  revision: number;
  /** Changed sources first, then the templates that they affect. */
  versions: NewVersion[];
  templates: NewTemplateVersion[];
  affected: AffectedTemplate[];
}

/** Plans the publication of several sources at once; those that are published as they are already fall away. */
export function planPublication(published: PublishedSources, changes: readonly Change[]): Plan {
  const changed = changes
    .map(change => withConfidentiality(published, change))
    .filter(({ source }) => published.versions.get(sourceName(source))?.hash !== sourceHash(source));
  const next = new Map<string, Source>(published.sources);
  for (const { source } of changed) next.set(sourceName(source), source);

  const versions = changed.map(change => newVersion(published, change));
  const plan: Plan = { revision: published.revision, versions, templates: [], affected: [] };
  const direct = new Map(versions.map(version => [sourceName(version.source), version]));
  const users = affectedBy(next, changed);
  for (const source of next.values()) {
    if (source.kind !== 'template' || !users.has(sourceName(source))) continue;
    addTemplate(plan, published, source, next, direct, users.get(sourceName(source)));
  }
  return plan;
}

function withConfidentiality({ sources }: PublishedSources, change: Change): Change {
  if (change.cause.kind === 'files') return change;
  return { ...change, source: inheritConfidential(sources.get(sourceName(change.source)), change.source) };
}

/** Templates by name that are changed or use what is changed, with the change that reaches them. */
function affectedBy(next: Sources, changes: readonly Change[]): Map<string, Change> {
  const uses = usesAmong(next);
  const reached = new Map<string, Change>();
  for (const change of changes) {
    for (const ref of uses.get(sourceName(change.source)) ?? []) {
      if (!reached.has(sourceName(ref))) reached.set(sourceName(ref), change);
    }
  }
  for (const change of changes) reached.set(sourceName(change.source), change);
  return reached;
}

function addTemplate(
  plan: Plan,
  published: PublishedSources,
  source: Source<'template'>,
  next: Sources,
  direct: ReadonlyMap<string, NewVersion>,
  change: Change | undefined,
): void {
  const { content, issues } = compose(source, next);
  const earlier = published.sources.get(sourceName(source)) as Source<'template'> | undefined;
  const before = earlier ? compose(earlier, published.sources).content : null;
  const own = direct.get(sourceName(source));
  const hash = content ? contentHash(content) : '';
  if (!own && hash === published.templates.get(source.key)?.hash) return;
  const { layout } = source.content;
  plan.affected.push({
    key: source.key,
    layout,
    direct: own !== undefined,
    content,
    published: before,
    issues,
  });
  const version = own ?? (change && sharedVersion(published, source, change, direct));
  if (!version || !content) return;
  if (!own) plan.versions.push(version);
  plan.templates.push({ version: version.version, hash, content });
}

function newVersion(published: PublishedSources, { source, ...rest }: Change): NewVersion {
  return { ...rest, source, version: nextVersion(published, source), hash: sourceHash(source) };
}

function sharedVersion(
  published: PublishedSources,
  source: Source,
  { source: { kind, key }, message, by }: Change,
  direct: ReadonlyMap<string, NewVersion>,
): NewVersion {
  const version = direct.get(sourceName({ kind, key }))?.version ?? 0;
  const cause: Cause = { kind: 'shared', ref: { kind, key }, version };
  return newVersion(published, { source, cause, message, by });
}

function nextVersion({ versions, templates }: PublishedSources, ref: SourceRef): number {
  const highest = ref.kind === 'template' ? (templates.get(ref.key)?.highest ?? 0) : 0;
  return Math.max(highest, versions.get(sourceName(ref))?.version ?? 0) + 1;
}
