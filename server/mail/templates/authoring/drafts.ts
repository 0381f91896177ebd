import { isDuplicate } from '../../../../db/error-codes.ts';
import { MailError } from '../../error.ts';
import type { AuditAction } from '../../shared/audit-actions.ts';
import { recordChange } from '../../shared/audit-store.ts';
import { inTransaction } from '../../shared/transaction.ts';
import { type Source, type SourceRef, sourceName, textsOf } from '../language/source.ts';
import { checkSource, inheritConfidential } from '../language/source-schema.ts';
import { readStored } from '../language/stored-source.ts';
import type { Conflict, Saved } from './api.ts';
import type { AuthoringContext } from './context.ts';
import { dropDraft, insertDraft, readDraft, removeEmpty, updateDraft } from './drafts-store.ts';
import { viewOf } from './published-sources.ts';
import { newKeyProblem } from './source-folders.ts';
import { compileSource } from './unpublished.ts';

/** Begins a new source as a draft. */
export async function createSource(
  context: AuthoringContext,
  input: Source,
  { by }: { by: string },
): Promise<Saved> {
  const problem = newKeyProblem(context.folders, input);
  if (problem) throw new MailError('invalid-input', problem, 'key');
  const { source } = await compileSource(context, checkSource(input));
  const at = context.now();
  try {
    await inTransaction(context.db, async trx => {
      await insertDraft(trx, source, { by, at });
      const after = Object.fromEntries(textsOf(source));
      await recordChange(trx, { ...named(source, 'create'), by, at, before: null, after });
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new MailError('invalid-input', `There is a ${source.kind} ${source.key} already.`, 'key');
  }
  return { state: 'saved', revision: 1 };
}

/** Stores a draft over the one that its editor saw. Not in the audit log: nothing is in force by it. */
export async function saveDraft(
  context: AuthoringContext,
  input: Source,
  { revision, by, baseVersion }: { revision: number; by: string; baseVersion?: number },
): Promise<Saved | Conflict> {
  const { sources } = await context.published();
  const { source } = await compileSource(
    context,
    inheritConfidential(sources.get(sourceName(input))?.source, checkSource(input)),
  );
  const stamp = { by, at: context.now(), revision, base: baseVersion ?? null };
  const stored = await updateDraft(context.db, source, stamp);
  return stored ? { state: 'saved', revision: revision + 1 } : conflict(context, source);
}

/** Drops the draft that its editor saw, and with it a source that was never published. */
export async function discardDraft(
  context: AuthoringContext,
  ref: SourceRef,
  { revision, by }: { revision: number; by: string },
): Promise<Saved | Conflict> {
  const at = context.now();
  const dropped = await inTransaction(context.db, async trx => {
    const head = await readDraft(trx, ref);
    if (!(await dropDraft(trx, ref, revision))) return false;
    await removeEmpty(trx, ref);
    if (head?.draft) {
      const before = Object.fromEntries(textsOf(readStored(ref, head.draft).source));
      await recordChange(trx, { ...named(ref, 'discard'), by, at, before, after: null });
    }
    return true;
  });
  return dropped ? { state: 'saved', revision: revision + 1 } : conflict(context, ref);
}

/** What there is now, for somebody who came too late. Throws `unknown-template` when there is nothing. */
export async function conflict(
  context: AuthoringContext,
  ref: SourceRef,
  reason: Conflict['reason'] = 'revision',
): Promise<Conflict> {
  return { state: 'conflict', reason, current: await knownView(context, ref) };
}

async function knownView(context: AuthoringContext, ref: SourceRef) {
  const current = await viewOf(context.db, ref);
  if (!current) throw new MailError('unknown-template', `There is no ${ref.kind} ${ref.key}.`, 'key');
  return current;
}

function named(
  ref: SourceRef,
  verb: 'create' | 'discard' | 'save',
): { action: AuditAction; subject: string } {
  return { action: `${ref.kind}.${verb}`, subject: sourceName(ref) };
}
