import { contentHash } from '../../shared/fingerprint.ts';
import { type CompositionFault, compose, type Sources } from '../language/compose.ts';
import { asSecretAs } from '../language/secret-source.ts';
import { type Cause, type Source, type SourceRef, sourceHash, sourceName } from '../language/source.ts';
import type { TemplateContent } from '../language/template.ts';
import { usesAmong } from '../language/uses.ts';
import type { Library } from './library.ts';
import type { NewTemplateVersion, NewVersion } from './publications-store.ts';

/** A source that somebody wants to publish. */
export interface Change {
  source: Source;
  cause: Cause;
  message: string;
  by: string;
}

/** A template that a publication touches, before and after. */
export interface Touched {
  key: string;
  /** False when only something that it uses changes. */
  direct: boolean;
  content: TemplateContent | null;
  published: TemplateContent | null;
  faults: CompositionFault[];
}

/** What a publication would write. */
export interface Plan {
  /** The revision of the library it was made from. */
  revision: number;
  /** Changed sources first, then the templates that they touch. */
  versions: NewVersion[];
  templates: NewTemplateVersion[];
  touched: Touched[];
}

/** Plans the publication of several sources at once; those that are published as they are already fall away. */
export function planPublication(library: Library, changes: readonly Change[]): Plan {
  const changed = changes
    .map(change => withSecrecy(library, change))
    .filter(({ source }) => library.published.get(sourceName(source))?.hash !== sourceHash(source));
  const next = new Map<string, Source>(library.sources);
  for (const { source } of changed) next.set(sourceName(source), source);

  const versions = changed.map(change => newVersion(library, change));
  const plan: Plan = { revision: library.revision, versions, templates: [], touched: [] };
  const direct = new Map(versions.map(version => [sourceName(version.source), version]));
  const users = affected(next, changed);
  for (const source of next.values()) {
    if (source.kind !== 'template' || !users.has(sourceName(source))) continue;
    addTemplate(plan, library, source, next, direct, users.get(sourceName(source)));
  }
  return plan;
}

function withSecrecy({ sources }: Library, change: Change): Change {
  if (change.cause.kind === 'files') return change;
  return { ...change, source: asSecretAs(sources.get(sourceName(change.source)), change.source) };
}

/** Templates by name that are changed or use what is changed, with the change that reaches them. */
function affected(next: Sources, changes: readonly Change[]): Map<string, Change> {
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
  library: Library,
  source: Source<'template'>,
  next: Sources,
  direct: ReadonlyMap<string, NewVersion>,
  change: Change | undefined,
): void {
  const { content, faults } = compose(source, next);
  const before = library.sources.get(sourceName(source)) as Source<'template'> | undefined;
  const published = before ? compose(before, library.sources).content : null;
  const own = direct.get(sourceName(source));
  const hash = content ? contentHash(content) : '';
  if (!own && hash === library.templates.get(source.key)?.hash) return;
  plan.touched.push({ key: source.key, direct: own !== undefined, content, published, faults });
  const version = own ?? (change && sharedVersion(library, source, change, direct));
  if (!version || !content) return;
  if (!own) plan.versions.push(version);
  plan.templates.push({ version: version.version, hash, content });
}

function newVersion(library: Library, { source, ...rest }: Change): NewVersion {
  return { ...rest, source, version: nextVersion(library, source), hash: sourceHash(source) };
}

function sharedVersion(
  library: Library,
  source: Source,
  { source: { kind, key }, message, by }: Change,
  direct: ReadonlyMap<string, NewVersion>,
): NewVersion {
  const version = direct.get(sourceName({ kind, key }))?.version ?? 0;
  const cause: Cause = { kind: 'shared', ref: { kind, key }, version };
  return newVersion(library, { source, cause, message, by });
}

function nextVersion({ published, templates }: Library, ref: SourceRef): number {
  const highest = ref.kind === 'template' ? (templates.get(ref.key)?.highest ?? 0) : 0;
  return Math.max(highest, published.get(sourceName(ref))?.version ?? 0) + 1;
}
