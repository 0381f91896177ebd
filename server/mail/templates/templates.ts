import type { Db } from '../../../db/connect.ts';
import { MailError } from '../error.ts';
import { type Brand, brandedKey } from '../routing/brands.ts';
import { canonicalJson } from '../shared/fingerprint.ts';
import { type Contract, compileContract } from './language/contract.ts';
import {
  type CompiledTemplate,
  compileTemplate,
  type RenderContext,
  type Rendered,
} from './language/render.ts';
import { type TemplateContent, withBrandValues } from './language/template.ts';
import { publishedVersions, readVersion } from './versions-store.ts';

/** A version ready for use: its contract and its compiled parts. */
export interface ReadyTemplate extends Contract, CompiledTemplate {
  id: number;
  version: number;
  content: TemplateContent;
}

/** The templates of this process: published versions by key, any version by id, each compiled once. */
export interface Templates {
  /** The published version: the brand's own, where it has one, else the common one. Throws `unknown-template`. */
  published(key: string, brand?: Pick<Brand, 'name' | 'values'>): Promise<ReadyTemplate>;
  /**
   * The version a message is pinned to, with its values in place of the brand's. A MailError is the version's own fault,
   * anything else the database's.
   */
  version(id: number, values?: BrandValues): Promise<ReadyTemplate>;
  /** Something was published: reads the list of published versions again before it is next used. */
  refresh(): void;
  /** Keys of all published templates, sorted. */
  keys(): Promise<string[]>;
}

type BrandValues = Readonly<Record<string, string>>;

/** How long a process may go on with a version after another process published a newer one, in ms. */
const publishedForMs = 5_000;

/** Creates the cache; versions never change, so only the list of published ones is read again. */
export function createTemplates(db: Db, now: () => Date): Templates {
  const ready = new Map<string, Promise<ReadyTemplate>>();
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

  // Compiled for each brand: its values are in the style sheets, too.
  const version = (id: number, values: BrandValues = {}): Promise<ReadyTemplate> => {
    const name = `${id} ${canonicalJson(values)}`;
    const known = ready.get(name);
    if (known) return known;
    const loading = prepare(db, id, values);
    ready.set(name, loading);
    loading.catch(() => ready.delete(name));
    return loading;
  };

  return {
    version,
    async published(key, brand) {
      const ids = await publishedIds();
      const id = (brand?.name && ids.get(brandedKey(brand.name, key))) || ids.get(key);
      if (id === undefined)
        throw new MailError('unknown-template', `There is no template ${key}.`, 'template');
      return version(id, brand?.values);
    },
    refresh() {
      list = null;
    },
    async keys() {
      return [...(await publishedIds()).keys()].sort();
    },
  };
}

async function prepare(db: Db, id: number, values: BrandValues): Promise<ReadyTemplate> {
  const stored = await readVersion(db, id);
  if (!stored) throw new MailError('unknown-template', `There is no template version ${id}.`, 'template');
  return compiled({ ...stored, content: withBrandValues(stored.content, values) });
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
  {
    templateVersionId,
    content: { data, branding },
  }: {
    templateVersionId: number;
    content: { data: Record<string, unknown>; branding?: { values?: BrandValues } };
  },
  context: RenderContext,
): Promise<Rendered> {
  const template = await templates.version(templateVersionId, branding?.values);
  return template.render(template.complete(data), context);
}
