import { isDuplicate } from '../../../../db/error-codes.ts';
import { MailError } from '../../error.ts';
import type { AuditAction } from '../../shared/audit-actions.ts';
import { recordChange } from '../../shared/audit-store.ts';
import { inTransaction } from '../../shared/transaction.ts';
import { asSecretAs } from '../language/secret-source.ts';
import { type Source, type SourceRef, sourceName } from '../language/source.ts';
import { keyProblem } from '../language/source-key.ts';
import { textsOf } from '../language/source-parts.ts';
import type { Conflict, Saved } from './api.ts';
import { dropDraft, insertDraft, readDraft, removeEmpty, updateDraft } from './drafts-store.ts';
import { compileSource } from './mjml.ts';
import { checkSource } from './source-door.ts';
import type { Studio } from './studio.ts';
import { viewOf } from './view.ts';

/** Begins a new source as a draft. */
export async function createSource(studio: Studio, input: Source, { by }: { by: string }): Promise<Saved> {
  const problem = keyProblem(input);
  if (problem) throw new MailError('invalid-input', problem, 'key');
  const { source } = await compileSource(studio, checkSource(input));
  const at = studio.now();
  try {
    await inTransaction(studio.db, async trx => {
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
  studio: Studio,
  input: Source,
  { revision, by, baseVersion }: { revision: number; by: string; baseVersion?: number },
): Promise<Saved | Conflict> {
  const { sources } = await studio.library();
  const { source } = await compileSource(
    studio,
    asSecretAs(sources.get(sourceName(input)), checkSource(input)),
  );
  const stamp = { by, at: studio.now(), revision, base: baseVersion ?? null };
  const stored = await updateDraft(studio.db, source, stamp);
  return stored ? { state: 'saved', revision: revision + 1 } : conflict(studio, source);
}

/** Drops the draft that its editor saw, and with it a source that was never published. */
export async function discardDraft(
  studio: Studio,
  ref: SourceRef,
  { revision, by }: { revision: number; by: string },
): Promise<Saved | Conflict> {
  const at = studio.now();
  const dropped = await inTransaction(studio.db, async trx => {
    const head = await readDraft(trx, ref);
    if (!(await dropDraft(trx, ref, revision))) return false;
    await removeEmpty(trx, ref);
    if (head?.draft) {
      const before = Object.fromEntries(textsOf({ ...ref, content: head.draft } as Source));
      await recordChange(trx, { ...named(ref, 'discard'), by, at, before, after: null });
    }
    return true;
  });
  return dropped ? { state: 'saved', revision: revision + 1 } : conflict(studio, ref);
}

/** What there is now, for somebody who came too late. Throws `unknown-template` when there is nothing. */
export async function conflict(
  studio: Studio,
  ref: SourceRef,
  reason: Conflict['reason'] = 'revision',
): Promise<Conflict> {
  return { state: 'conflict', reason, current: await knownView(studio, ref) };
}

async function knownView(studio: Studio, ref: SourceRef) {
  const current = await viewOf(studio.db, ref);
  if (!current) throw new MailError('unknown-template', `There is no ${ref.kind} ${ref.key}.`, 'key');
  return current;
}

function named(
  ref: SourceRef,
  verb: 'create' | 'discard' | 'save',
): { action: AuditAction; subject: string } {
  return { action: `${ref.kind}.${verb}`, subject: sourceName(ref) };
}
