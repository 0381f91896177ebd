import path from 'node:path';
import { packageRoot } from '../mail/index.ts';

/** Folder of these sources, where views are; a build under dist/ reads them from there too. */
export const viewSources = path.join(packageRoot, 'server/accounts');
