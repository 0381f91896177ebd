import { copyFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine.ts';

const packaged = '/usr/sbin/mysqld';
const profile = '/etc/apparmor.d/usr.sbin.mysqld';

/**
 * On Ubuntu an AppArmor profile keeps the packaged MySQL to its own folders. Profiles go by the program's path, so
 * a copy of it in `folder` is free to use ours. Any other engine is returned as it is.
 */
export function apparmorWorkaround(engine: Engine, folder: string): Engine {
  if (engine.kind !== 'mysql' || engine.server !== packaged || !existsSync(profile)) return engine;
  const copy = join(folder, 'mysqld');
  if (!existsSync(copy) || statSync(copy).mtimeMs < statSync(packaged).ctimeMs) copyFileSync(packaged, copy);
  return { ...engine, server: copy };
}
