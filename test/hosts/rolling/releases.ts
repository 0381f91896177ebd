import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../../server/mail/index.ts';
import { packPostlane } from '../pack.ts';
import { run } from '../run-command.ts';

/** One release of the shop: its folder, with its release of the package installed, and the sender of its orders. */
export interface Release {
  name: 'A' | 'B';
  folder: string;
  orderSender: string;
}

const sources = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

/**
 * Release A has the given tarball. Release B has the same sources with one migration more and a higher version, a policy
 * with another sender for orders and a further category, and a template of that category.
 */
export async function prepareReleases(folder: string, tarball: string): Promise<{ a: Release; b: Release }> {
  const a: Release = { name: 'A', folder: path.join(folder, 'a'), orderSender: 'mail@corner.example' };
  const b: Release = { name: 'B', folder: path.join(folder, 'b'), orderSender: 'orders@corner.example' };
  await mkdir(folder);
  await cp(sources('shop'), a.folder, { recursive: true });
  await cp(sources('shop'), b.folder, { recursive: true });
  await cp(sources('next'), b.folder, { recursive: true });
  await Promise.all([
    install(a, tarball),
    packNext(path.join(folder, 'sources')).then(next => install(b, next)),
  ]);
  return { a, b };
}

async function install({ folder }: Release, tarball: string): Promise<void> {
  await run('npm', ['install', '--no-audit', '--no-fund', '--engine-strict', tarball], { cwd: folder });
}

const notCopied = new Set(['node_modules', '.git', '.postlane', 'dist']);

async function packNext(folder: string): Promise<string> {
  const isCopied = (from: string) => !notCopied.has(path.relative(packageRoot, from));
  await cp(packageRoot, folder, { recursive: true, filter: isCopied });
  await symlink(path.join(packageRoot, 'node_modules'), path.join(folder, 'node_modules'));
  await edit(path.join(folder, 'package.json'), /"version": "[^"]+"/, '"version": "99.0.0"');
  const index = path.join(folder, 'db/migrations/index.ts');
  await writeFile(path.join(folder, 'db/migrations/20991231_next.ts'), nextMigration);
  await edit(index, /^import /m, `import * as next from './20991231_next.ts';\nimport `);
  await edit(index, /\n\};\n$/, `\n  '20991231_next': next,\n};\n`);
  return packPostlane(folder, folder);
}

async function edit(file: string, from: RegExp, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!from.test(text)) throw new Error(`${path.basename(file)} has nothing like ${from}.`);
  await writeFile(file, text.replace(from, to));
}

const nextMigration = `import type { Knex } from 'knex';
import { addColumnIfMissing } from './helpers.ts';

export async function up(db: Knex): Promise<void> {
  await addColumnIfMissing(db, 'postlane_messages', 'next_column', "VARCHAR(16) NOT NULL DEFAULT 'next'");
  await db.raw('CREATE TABLE IF NOT EXISTS postlane_next (id INT UNSIGNED NOT NULL PRIMARY KEY) ENGINE=InnoDB');
}
`;
