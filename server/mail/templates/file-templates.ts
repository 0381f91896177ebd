import { MailError } from '../error.ts';
import { compositionError, readSourceFiles } from './authoring/read-files.ts';
import { assertSendable, compileSource } from './authoring/validate.ts';
import { type Frames, framesOf } from './frames.ts';
import type { Issue } from './issue.ts';
import { compose, type Sources } from './language/compose.ts';
import { type Source, sourceName } from './language/source.ts';
import { compileMjml } from './preview/index.ts';
import { createRenderPool } from './preview/render-pool.ts';
import { compiled, type ReadyTemplate, type Templates } from './templates.ts';

/** The templates and layouts of a folder, as if they had just been published from there. */
export interface FileTemplates {
  templates: Templates;
  frames: Frames;
}

/** Reads the folder when it is first asked for; what is there later counts after `refresh`. */
export function createFileTemplates(folder: string): FileTemplates {
  let read: Promise<Published> | undefined;
  const published = () => {
    read ??= readPublished(folder);
    return read;
  };

  return {
    frames: framesOf(published),
    templates: {
      async published(key) {
        const { ids } = await published();
        const id = ids.get(key);
        if (id === undefined)
          throw new MailError('unknown-template', `There is no template ${key} in ${folder}.`, 'template');
        return (await published()).version(id);
      },
      version: async id => (await published()).version(id),
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
  version(id: number): ReadyTemplate;
}

async function readPublished(folder: string): Promise<Published> {
  const read = await readSources(folder);
  const sources: Sources = new Map(read.map(({ source }) => [sourceName(source), source]));
  const faults = new Map(read.map(({ source, issues }) => [sourceName(source), issues]));
  const all = [...sources.values()].filter(source => source.kind === 'template');
  const ready = new Map<number, ReadyTemplate>();
  return {
    sources,
    ids: new Map(all.map(({ key }, i) => [key, i + 1])),
    version(id) {
      const source = all[id - 1];
      if (!source) throw new MailError('unknown-template', `There is no template version ${id}.`, 'template');
      const template =
        ready.get(id) ?? prepare(source, id, { sources, faults: faults.get(sourceName(source)) ?? [] });
      ready.set(id, template);
      return template;
    },
  };
}

/** Every source of the folder with its MJML compiled, and what is wrong with that. */
async function readSources(folder: string): Promise<{ source: Source; issues: Issue[] }[]> {
  const files = await readSourceFiles(folder).catch((error: NodeJS.ErrnoException) => {
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

function prepare(
  source: Source<'template'>,
  id: number,
  { sources, faults }: { sources: Sources; faults: readonly Issue[] },
): ReadyTemplate {
  const composed = compose(source, sources);
  const issues = [...faults, ...composed.issues];
  const { content } = composed;
  if (!content || issues.length > 0)
    throw compositionError({ key: source.key, layout: source.content.layout }, issues);
  assertSendable(content);
  return compiled({ id, version: 1, content });
}
