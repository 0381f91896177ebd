import { type BuildOptions, build, type Metafile } from 'esbuild';
import { entries, programs } from './entries.ts';
import { findBuiltFiles, leaveOutUnused, mjmlApart } from './plugins.ts';
import { packageJson, root } from './root.ts';
import { mapOnlyOurs } from './source-map.ts';

/**
 * One CommonJS bundle for all entries, so that a class such as MailError is the same whichever of them it came by, and
 * whether by `import` or `require`. What one entry alone needs is evaluated when that entry is asked for. MJML has a
 * file of its own, which is read when there is some. Returns what went into them.
 */
export async function writeBundles(): Promise<Metafile[]> {
  const results = await Promise.all([
    build({
      ...options,
      stdin: { contents: doors(), resolveDir: root, sourcefile: 'entries.js' },
      outfile: 'dist/postlane.cjs',
      plugins: [mjmlApart, leaveOutUnused, findBuiltFiles],
    }),
    build({
      ...options,
      ...{ entryPoints: ['mjml'], outfile: 'dist/mjml.cjs', plugins: [leaveOutUnused] },
      ...{ minify: true, sourcemap: false }, // none of it is ours
    }),
  ]);
  mapOnlyOurs('postlane.cjs.map');
  return results.map(({ metafile }) => metafile);
}

const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  sourcemap: true,
  metafile: true,
  // Hosts read the code in their stack traces, and classes are told apart by their names.
  minify: false,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  external: Object.keys(packageJson.dependencies).filter(name => name !== 'agenda'),
  // A host that bundles us into an ES module has no `__filename`.
  banner: {
    js: "const moduleUrl = typeof __filename === 'string' ? require('node:url').pathToFileURL(__filename).href : 'file:///';",
  },
  define: { 'import.meta.url': 'moduleUrl', 'import.meta.resolve': 'undefined' },
} satisfies BuildOptions;

// A module that is required is evaluated then, one that is imported at once.
function doors(): string {
  const modules = Object.entries({ ...entries, ...programs });
  return modules.map(([name, file]) => `exports['${name}'] = () => require('./${file}');`).join('\n');
}
