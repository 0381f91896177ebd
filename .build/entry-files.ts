import { chmodSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { entries, programs } from './entries.ts';
import { root, writeDist } from './root.ts';

/**
 * The files that package.json names: each opens one door of the bundle. Those for `import` name what `require` gives,
 * so both hand out the same classes and the same state.
 */
export function writeEntryFiles(): void {
  const require = createRequire(import.meta.url);
  for (const name of Object.keys(entries)) {
    writeDist(`${name}.cjs`, `module.exports = require('./postlane.cjs')['${name}']();\n`);
    const names = Object.keys(require(path.join(root, `dist/${name}.cjs`)));
    writeDist(
      `${name}.js`,
      `import module from './${name}.cjs';\n\nexport const { ${names.sort().join(', ')} } = module;\n`,
    );
  }
  for (const name of Object.keys(programs)) {
    writeDist(
      `${name}.cjs`,
      `#!/usr/bin/env node\nmodule.exports = require('./postlane.cjs')['${name}']();\n`,
    );
  }
  chmodSync(path.join(root, 'dist/cli.cjs'), 0o755);
}
