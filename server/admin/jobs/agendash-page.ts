import { readFileSync } from 'node:fs';
import path from 'node:path';
import { builtFile, isBuilt, packageRoot } from '../../mail/index.ts';

const folder = isBuilt ? builtFile('agendash') : path.join(packageRoot, 'node_modules/agendash/public');

/** Agendash's page, with a script of ours before its own. */
export function agendashPage(): string {
  const html = readFileSync(path.join(folder, 'index.html'), 'utf8');
  const page = html.replace('<script ', '<script src="./token.js"></script>\n\t\t<script ');
  if (page === html) throw new Error('The page of agendash has no script.');
  return page;
}

/** Its own scripts know no token: this one gives each of their changes the token that every form of the pages carries. */
export const tokenScript = `'use strict';
(() => {
  const plain = window.fetch;
  window.fetch = async (address, options = {}) => {
    if (!options.method || options.method === 'GET') return plain(address, options);
    const session = await plain('../../session', { headers: { Accept: 'application/json' } });
    const { csrf } = await session.json();
    return plain(address, { ...options, headers: { ...options.headers, 'X-CSRF-Token': csrf } });
  };
})();
`;
