import path from 'node:path';
import { packageRoot } from '../mail/index.ts';

/** The template files of the demo's shop. */
export const demoTemplates = path.join(packageRoot, 'templates/demo');
