import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalName } from './local-database.ts';
import { takeLock } from './lock.mjs';

/** Where one private server keeps what it has. */
export interface LocalFolder {
  name: LocalName;
  path: string;
  /** The server's Unix socket, short enough for one. */
  socket: string;
  pidFile: string;
  logFile: string;
  /** Differs from clone to clone, the same at each start. */
  id: string;
  /** Keeps every other process out until the returned function is called. Throws when one is in already. */
  lock(): () => void;
}

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** Makes the folder, for the eyes of this user only: the server's root has no password. */
export function localFolder(name: LocalName, root = repository): LocalFolder {
  const path = join(root, '.postlane', name);
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const id = createHash('sha256').update(path).digest('hex').slice(0, 12);
  const socket = socketPath(path, id);
  return {
    name,
    path,
    socket,
    pidFile: join(path, 'server.pid'),
    logFile: join(path, 'server.log'),
    id,
    lock: () => lock(name, path, dirname(socket)),
  };
}

// The smallest limit among systems is 104 bytes, the closing zero among them; some servers add a few of their own.
const longestSocketPath = 95;

function socketPath(path: string, id: string): string {
  const socket = join(path, 'socket');
  const isShort = Buffer.byteLength(socket) <= longestSocketPath;
  return isShort ? socket : join(tmpdir(), `postlane-${userInfo().uid}-${id}`, 'socket');
}

function lock(name: LocalName, path: string, socketFolder: string): () => void {
  const taken = takeLock(join(path, 'lock'));
  if (typeof taken === 'number') {
    throw new Error(
      `Another "npm run ${name}" (process ${taken}) is using the private database in .postlane/${name}. ` +
        `Stop it first: Ctrl-C in its terminal, or "kill ${taken}".`,
    );
  }
  if (socketFolder === path) return taken;
  makeOwn(socketFolder);
  return () => {
    rmSync(socketFolder, { recursive: true, force: true });
    taken();
  };
}

// In the folder for everybody's temporary files, somebody else may have been there first.
function makeOwn(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (uid === userInfo().uid && (mode & 0o077) === 0) return;
  throw new Error(`${folder} is open to others. Remove it, or set TMPDIR to a folder of your own.`);
}
