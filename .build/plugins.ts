import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'esbuild';
import { root } from './root.ts';

/** Reads MJML, a megabyte, from a file of its own. */
export const mjmlApart: Plugin = {
  name: 'mjml-apart',
  setup(build) {
    build.onResolve({ filter: /^mjml$/ }, () => ({ path: './mjml.cjs', external: true }));
  },
};

/**
 * Leaves out what packages bring along and we never call: minifiers and beautifiers of MJML, juice's download of style
 * sheets, cheerio's HTTP client (juice and MJML parse as XML, which is its slim part), agendash's other frameworks,
 * QR codes as PNG, and the builder of the pages' scripts, whose work is in the package.
 */
export const leaveOutUnused: Plugin = {
  name: 'leave-out-unused',
  setup(build) {
    for (const [name, part] of Object.entries(usedParts)) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, ({ importer, resolveDir }) => {
        const from = createRequire(importer || path.join(resolveDir, 'index.js'));
        return { path: part.startsWith('.') ? path.join(root, part) : from.resolve(part) };
      });
    }
    build.onResolve({ filter: unused }, ({ path: name }) => ({ path: name, namespace: 'unused' }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, ({ path: name }) => ({
      contents: `module.exports = () => { throw new Error('${name} is not part of the package.'); };`,
    }));
  },
};

const usedParts: Readonly<Record<string, string>> = {
  juice: 'juice/client.js',
  cheerio: 'cheerio/slim',
  // Once, though some import it and others require it.
  luxon: 'luxon',
  agendash: './node_modules/agendash/dist/middlewares/express.js',
};

const unused = /^(htmlnano|cssnano|cssnano-preset-lite|js-beautify|postcss|pngjs|esbuild|@napi-rs\/nice)$/;

/** Packages that look for files beside their own code are shown where the build has put them. */
export const findBuiltFiles: Plugin = {
  name: 'find-built-files',
  setup(build) {
    for (const [file, [beside, instead]] of Object.entries(lookUps)) {
      const filter = new RegExp(`node_modules/${file.replaceAll('.', '\\.')}$`);
      build.onLoad({ filter }, ({ path: from }) => {
        const code = readFileSync(from, 'utf8');
        if (!code.includes(beside)) throw new Error(`${file} no longer holds: ${beside}`);
        return { contents: code.replace(beside, `${instead}`), loader: 'js' };
      });
    }
  },
};

const builtFile = `require('${path.join(root, 'server/mail/shared/package-root.ts')}').builtFile`;

/** By file: what it does to find its files, and what it does instead. */
const lookUps: Readonly<Record<string, [beside: string, instead: string]>> = {
  'piscina/dist/index.js': [
    "(0, node_path_1.resolve)(__dirname, 'worker.js')",
    `${builtFile}('pool-thread.cjs')`,
  ],
  'agendash/dist/middlewares/express.js': ["join(__dirname, '../../public')", `${builtFile}('agendash')`],
};
