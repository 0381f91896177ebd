import { MailError } from '../../error.ts';
import { issueText } from '../issue.ts';
import { compose } from '../language/compose.ts';
import { refOf, type Source, type SourceRef, sourceName, textsOf } from '../language/source.ts';
import type { TemplateContent } from '../language/template.ts';
import { readNumberedVersion } from '../versions-store.ts';
import type { SourceDiff, VersionPick, VersionSummary } from './api.ts';
import type { AuthoringContext } from './context.ts';
import { differences } from './difference.ts';
import { readDraft, readHead } from './drafts-store.ts';
import { listVersions, readSourceVersion } from './history-store.ts';
import { summaryOf } from './published-sources.ts';
import { compileSource } from './validate.ts';

/** A page of the history, newest first. */
export async function historyOf(
  { db }: AuthoringContext,
  ref: SourceRef,
  { before, limit = 50 }: { before?: number; limit?: number } = {},
): Promise<VersionSummary[]> {
  const head = await readHead(db, ref);
  const page = { before: before ?? null, limit: Math.min(limit, 100) };
  const entries = await listVersions(db, ref, page);
  return entries.map(entry => summaryOf(entry, head?.version ?? null));
}

/** What differs between two versions, in source and as rendered with their own samples. */
export async function diffVersions(
  context: AuthoringContext,
  ref: SourceRef,
  from: VersionPick,
  to: VersionPick,
): Promise<SourceDiff> {
  const [before, after] = await Promise.all([pick(context, ref, from), pick(context, ref, to)]);
  const [old, young] = await Promise.all([shown(context, before), shown(context, after)]);
  const problems = [...told('from', old), ...told('to', young)];
  const broken = new Set(problems.map(({ locale }) => locale));
  const rendered = ({ parts }: Shown) =>
    new Map(
      [...parts].filter(([, { locale }]) => !broken.has(locale)).map(([part, { text }]) => [part, text]),
    );
  return {
    source: differences(textsOf(before.source), textsOf(after.source)),
    rendered: differences(rendered(old), rendered(young)),
    problems,
  };
}

/** A source and, of a template, what it is composed to. */
interface Picked {
  source: Source;
  content: TemplateContent | null;
}

async function pick(context: AuthoringContext, ref: SourceRef, version: VersionPick): Promise<Picked> {
  if (version === 'draft') return pickDraft(context, ref);
  const stored = await readSourceVersion(context.db, ref, version);
  if (!stored) throw new MailError('unknown-template', `${ref.key} has no version ${version}.`, 'version');
  const composed = ref.kind === 'template' ? await readNumberedVersion(context.db, ref.key, version) : null;
  return { source: stored.source, content: composed?.content ?? null };
}

async function pickDraft(context: AuthoringContext, ref: SourceRef): Promise<Picked> {
  const head = await readDraft(context.db, ref);
  if (!head?.draft) throw new MailError('unknown-template', `${ref.key} has no draft.`, 'version');
  const { source } = await compileSource(context, { ...refOf(ref), content: head.draft } as Source);
  if (source.kind !== 'template') return { source, content: null };
  const { sources } = await context.published();
  const next = new Map(sources).set(sourceName(source), source);
  return { source, content: compose(source, next).content };
}

/** What the languages of a template show with its sample, and those that cannot be rendered. */
interface Shown {
  parts: Map<string, { locale: string; text: string }>;
  problems: { locale: string; message: string }[];
}

async function shown({ checks }: AuthoringContext, { content }: Picked): Promise<Shown> {
  const found: Shown = { parts: new Map(), problems: [] };
  if (!content) return found;
  for (const locale of Object.keys(content.locales)) {
    const isDefault = locale === 'default';
    const preview = await checks.preview(content, { locale: isDefault ? null : locale, issues: false });
    if (preview.problem) found.problems.push({ locale, message: issueText(preview.problem) });
    for (const part of ['subject', 'html', 'text'] as const)
      found.parts.set(isDefault ? part : `${part}.${locale}`, { locale, text: preview[part] });
  }
  return found;
}

function told(side: 'from' | 'to', { problems }: Shown): SourceDiff['problems'] {
  return problems.map(problem => ({ side, ...problem }));
}
