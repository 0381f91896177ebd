import path from 'node:path';
import { packageRoot } from '../mail/index.ts';

/** Folder of this app's sources, where views and assets are; a build under dist/ reads them from there too. */
export const adminSources = path.join(packageRoot, 'server/admin');
