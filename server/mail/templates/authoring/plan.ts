import { setImmediate } from 'node:timers/promises';
import { contentHash } from '../../shared/fingerprint.ts';
import type { Issue } from '../issue.ts';
import { compose, find, type Sources } from '../language/compose.ts';
import type { ReadSource } from '../language/inclusions.ts';
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

/** A change with what its source includes. */
export type ReadChange = Change & ReadSource;

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

/**
 * Plans the publication of several sources at once; those that are published as they are already fall away. Between two
 * templates others have their turn: a layout of many is put together and hashed with each of them.
 */
export async function planPublication(
  published: PublishedSources,
  changes: readonly ReadChange[],
): Promise<Plan> {
  const changed = changes
    .map(change => withConfidentiality(published, change))
    .filter(({ source }) => published.versions.get(sourceName(source))?.hash !== sourceHash(source));
  const next = new Map<string, ReadSource>(published.sources);
  for (const { source, inclusions } of changed) next.set(sourceName(source), { source, inclusions });

  const versions = changed.map(change => newVersion(published, change));
  const plan: Plan = { revision: published.revision, versions, templates: [], affected: [] };
  const direct = new Map(versions.map(version => [sourceName(version.source), version]));
  const users = affectedBy(next, changed);
  for (const read of next.values()) {
    if (!isTemplate(read) || !users.has(sourceName(read.source))) continue;
    addTemplate(plan, published, read, next, direct, users.get(sourceName(read.source)));
    await setImmediate();
  }
  return plan;
}

function isTemplate(read: ReadSource): read is ReadSource<Source<'template'>> {
  return read.source.kind === 'template';
}

function withConfidentiality({ sources }: PublishedSources, change: ReadChange): ReadChange {
  if (change.cause.kind === 'files') return change;
  const published = sources.get(sourceName(change.source))?.source;
  return { ...change, source: inheritConfidential(published, change.source) };
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
  read: ReadSource<Source<'template'>>,
  next: Sources,
  direct: ReadonlyMap<string, NewVersion>,
  change: Change | undefined,
): void {
  const { source } = read;
  const { content, issues } = compose(read, next);
  const earlier = find(published.sources, 'template', source.key);
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

function newVersion(published: PublishedSources, { source, cause, message, by }: Change): NewVersion {
  return { cause, message, by, source, version: nextVersion(published, source), hash: sourceHash(source) };
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
