import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { entries } from './entries.ts';
import { root, writeDist } from './root.ts';

/**
 * What TypeScript is told of each entry: the declarations that it exports and what those name, and nothing of the rest.
 * Once as ES modules and once as CommonJS, because TypeScript refuses to `require` the former.
 */
export async function writeDeclarations(): Promise<void> {
  const emitted = mkdtempSync(path.join(root, 'node_modules/.declarations-'));
  try {
    emit(emitted);
    for (const { name, text } of await joined(emitted)) {
      refuseForeignTypes(name, text);
      writeDist(name, text);
      writeDist(name.replace(/\.d\.ts$/, '.d.cts'), forCommonJs(text));
    }
  } finally {
    rmSync(emitted, { recursive: true });
  }
}

function emit(folder: string): void {
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', '.build/tsconfig.json', '--outDir', folder], {
    cwd: root,
    stdio: 'inherit',
  });
}

async function joined(emitted: string): Promise<{ name: string; text: string }[]> {
  const input = Object.entries(entries).map(([name, file]) => [
    name,
    path.join(emitted, file.replace(/\.ts$/, '.d.ts')),
  ]);
  const declarations = await rolldown({
    input: Object.fromEntries(input),
    plugins: [dts({ dtsInput: true })],
    external: /^[^./]/,
    checks: { pluginTimings: false },
  });
  const { output } = await declarations.generate({
    entryFileNames: '[name].d.ts',
    chunkFileNames: 'types-[hash].d.ts',
  });
  await declarations.close();
  return output.flatMap(file =>
    file.type === 'chunk' ? [{ name: file.fileName, text: withoutRegions(file.code) }] : [],
  );
}

/** A host may have no such package, or another version of it. A host that uses our storage for Agenda has Agenda. */
function refuseForeignTypes(name: string, text: string): void {
  const naming = /^(?:(?:im|ex)port .* from|declare module) ["'](?!\.|node:)([^"']+)["']/gm;
  const foreign = [...text.matchAll(naming)]
    .map(([, module = '']) => module)
    .filter(module => module !== 'agenda' || name !== 'agenda.d.ts');
  if (foreign.length > 0)
    throw new Error(
      `${name} names types of ${foreign.join(', ')}: say what is used of them in a type of our own.`,
    );
}

function withoutRegions(text: string): string {
  return text.replaceAll(/^\/\/ ?(#(end)?region|node_modules\/).*\n/gm, '');
}

/** Agenda is an ES module alone: CommonJS may name its types, when it says that it knows. */
function forCommonJs(text: string): string {
  return text
    .replaceAll(/(from ["']\.\/[\w-]+)\.js(["'])/g, '$1.cjs$2')
    .replaceAll(/import (?:type )?(\{[^}]*\}) from ["']agenda["'];/g, (_, names: string) => {
      return `import type ${names} from 'agenda' with { 'resolution-mode': 'import' };`;
    });
}
