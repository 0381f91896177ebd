import type { Db } from '../../../db/connect.ts';
import { MailError } from '../error.ts';
import { type Contract, compileContract } from './language/contract.ts';
import {
  type CompiledTemplate,
  compileTemplate,
  type RenderContext,
  type Rendered,
} from './language/render.ts';
import type { TemplateContent } from './language/template.ts';
import { publishedVersions, readVersion } from './versions-store.ts';

/** A version ready for use: its contract and its compiled parts. */
export interface ReadyTemplate extends Contract, CompiledTemplate {
  id: number;
  version: number;
  content: TemplateContent;
}

/** The templates of this process: published versions by key, any version by id, each compiled once. */
export interface Templates {
  /** The published version. Throws `unknown-template`. */
  published(key: string): Promise<ReadyTemplate>;
  /** The version a message is pinned to. A MailError is the version's own fault, anything else the database's. */
  version(id: number): Promise<ReadyTemplate>;
  /** Something was published: reads the list of published versions again before it is next used. */
  refresh(): void;
  /** Keys of all published templates, sorted. */
  keys(): Promise<string[]>;
}

/** How long a process may go on with a version after another process published a newer one, in ms. */
const publishedForMs = 5_000;

/** Creates the cache; versions never change, so only the list of published ones is read again. */
export function createTemplates(db: Db, now: () => Date): Templates {
  const ready = new Map<number, Promise<ReadyTemplate>>();
  let list: { readAt: number; ids: Promise<Map<string, number>> } | null = null;

  const publishedIds = (): Promise<Map<string, number>> => {
    if (!list || now().getTime() - list.readAt >= publishedForMs) {
      list = { readAt: now().getTime(), ids: publishedVersions(db) };
      list.ids.catch(() => {
        list = null;
      });
    }
    return list.ids;
  };

  const version = (id: number): Promise<ReadyTemplate> => {
    const known = ready.get(id);
    if (known) return known;
    const loading = prepare(db, id);
    ready.set(id, loading);
    loading.catch(() => ready.delete(id));
    return loading;
  };

  return {
    version,
    async published(key) {
      const id = (await publishedIds()).get(key);
      if (id === undefined)
        throw new MailError('unknown-template', `There is no template ${key}.`, 'template');
      return version(id);
    },
    refresh() {
      list = null;
    },
    async keys() {
      return [...(await publishedIds()).keys()].sort();
    },
  };
}

async function prepare(db: Db, id: number): Promise<ReadyTemplate> {
  const stored = await readVersion(db, id);
  if (!stored) throw new MailError('unknown-template', `There is no template version ${id}.`, 'template');
  return compiled(stored);
}

/** A version with its contract and its parts compiled. Throws `invalid-template`. */
export function compiled(stored: Pick<ReadyTemplate, 'id' | 'version' | 'content'>): ReadyTemplate {
  try {
    return { ...stored, ...compileContract(stored.content.contract), ...compileTemplate(stored.content) };
  } catch (error) {
    throw new MailError(
      'invalid-template',
      `Version ${stored.version} of ${stored.content.key} cannot be used: ${(error as Error).message}`,
      'template',
    );
  }
}

/** What a stored message says: by the version that it is pinned to, with the data it was accepted with. */
export async function renderStored(
  templates: Templates,
  { templateVersionId, data }: { templateVersionId: number; data: Record<string, unknown> },
  context: RenderContext,
): Promise<Rendered> {
  const template = await templates.version(templateVersionId);
  return template.render(template.complete(data), context);
}
