import { MailError } from '../error.ts';
import { brandedKey } from '../routing/brands.ts';
import { canonicalJson } from '../shared/fingerprint.ts';
import { compositionError, type SourceFolders } from './authoring/file-names.ts';
import { readAllFiles } from './authoring/source-folders.ts';
import { compileSource } from './authoring/unpublished.ts';
import { assertSendable } from './authoring/validate.ts';
import { type Frames, framesOf } from './frames.ts';
import type { Issue } from './issue.ts';
import { compose, type Sources } from './language/compose.ts';
import { type ReadSource, readHere } from './language/inclusions.ts';
import { type Source, sourceName } from './language/source.ts';
import { withBrandValues } from './language/template.ts';
import { compileMjml } from './preview/index.ts';
import { createRenderPool } from './preview/render-pool.ts';
import { compiled, type ReadyTemplate, type Templates } from './templates.ts';

/** The templates and layouts of a folder, as if they had just been published from there. */
export interface FileTemplates {
  templates: Templates;
  frames: Frames;
}

/** Reads the folders when it is first asked for; what is there later counts after `refresh`. */
export function createFileTemplates(folders: SourceFolders): FileTemplates {
  let read: Promise<Published> | undefined;
  const published = () => {
    read ??= readPublished(folders);
    return read;
  };

  return {
    frames: framesOf(published),
    templates: {
      async published(key, brand) {
        const { ids, version } = await published();
        const id = (brand?.name && ids.get(brandedKey(brand.name, key))) || ids.get(key);
        if (id === undefined) {
          const text = `There is no template ${key} in ${folders.common}.`;
          throw new MailError('unknown-template', text, 'template');
        }
        return version(id, brand?.values);
      },
      version: async (id, values) => (await published()).version(id, values),
      refresh() {
        read = undefined;
      },
      keys: async () => [...(await published()).ids.keys()].sort(),
    },
  };
}

interface Published {
  sources: Sources;
  ids: ReadonlyMap<string, number>;
  version(id: number, values?: Readonly<Record<string, string>>): ReadyTemplate;
}

async function readPublished(folders: SourceFolders): Promise<Published> {
  const read = await readSources(folders);
  const sources: Sources = new Map(read.map(({ source }) => [sourceName(source), readHere(source)]));
  const faults = new Map(read.map(({ source, issues }) => [sourceName(source), issues]));
  const all = [...sources.values()].filter(isTemplate);
  const ready = new Map<string, ReadyTemplate>();
  return {
    sources,
    ids: new Map(all.map(({ source }, i) => [source.key, i + 1])),
    version(id, values = {}) {
      const read = all[id - 1];
      if (!read) throw new MailError('unknown-template', `There is no template version ${id}.`, 'template');
      const name = `${id} ${canonicalJson(values)}`;
      const own = { folders, sources, faults: faults.get(sourceName(read.source)) ?? [] };
      const template = ready.get(name) ?? prepare(read, id, { ...own, values });
      ready.set(name, template);
      return template;
    },
  };
}

/** Every source of the folders with its MJML compiled, and what is wrong with that. */
async function readSources(folders: SourceFolders): Promise<{ source: Source; issues: Issue[] }[]> {
  const files = await readAllFiles(folders).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const renderPool = createRenderPool();
  try {
    const checks = { compileMjml: (source: string) => compileMjml(renderPool, source) };
    return await Promise.all(files.map(file => compileSource({ checks }, file)));
  } finally {
    await renderPool.close();
  }
}

function isTemplate(read: ReadSource): read is ReadSource<Source<'template'>> {
  return read.source.kind === 'template';
}

function prepare(
  read: ReadSource<Source<'template'>>,
  id: number,
  {
    folders,
    sources,
    faults,
    values,
  }: {
    folders: SourceFolders;
    sources: Sources;
    faults: readonly Issue[];
    values: Readonly<Record<string, string>>;
  },
): ReadyTemplate {
  const { source } = read;
  const composed = compose(read, sources);
  const issues = [...faults, ...composed.issues];
  const { content } = composed;
  if (!content || issues.length > 0)
    throw compositionError(folders, { key: source.key, layout: source.content.layout }, issues);
  assertSendable(content);
  return compiled({ id, version: 1, content: withBrandValues(content, values) });
}
