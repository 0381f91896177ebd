import type { Db } from '../../../../db/connect.ts';
import type { Sources } from '../language/compose.ts';
import { sourceName } from '../language/source.ts';
import { type Uses, usesAmong } from '../language/uses.ts';
import { type TemplateInForce, templatesInForce } from '../versions-store.ts';
import { type PublishedSource, readPublished } from './history-store.ts';
import { libraryRevision } from './publications-store.ts';

/** Everything that is published, as it was at one revision. */
export interface Library {
  revision: number;
  published: ReadonlyMap<string, PublishedSource>;
  sources: Sources;
  templates: ReadonlyMap<string, TemplateInForce>;
  uses: Uses;
}

/** Creates a reader of the library: one small query unless something was published since. */
export function createLibrary(db: Db): () => Promise<Library> {
  let known: Library | null = null;
  return async () => {
    const revision = await libraryRevision(db);
    if (known?.revision !== revision) known = await readLibrary(db);
    return known;
  };
}

async function readLibrary(db: Db): Promise<Library> {
  for (;;) {
    const revision = await libraryRevision(db);
    const all = await readPublished(db);
    const templates = await templatesInForce(db);
    // A publication in between would mix two revisions.
    if ((await libraryRevision(db)) !== revision) continue;
    const published = new Map(all.map(entry => [sourceName(entry.source), entry]));
    const sources: Sources = new Map(all.map(({ source }) => [sourceName(source), source]));
    return { revision, published, sources, templates, uses: usesAmong(sources) };
  }
}
