import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { demoTemplates } from '../../../server/demo/templates.ts';

/** The sample data of each of the demo's templates, by key. */
export const samples: Readonly<Record<string, unknown>> = Object.fromEntries(
  readdirSync(demoTemplates, { withFileTypes: true }).flatMap(entry => {
    if (!entry.isDirectory() || ['layouts', 'partials'].includes(entry.name)) return [];
    const file = path.join(demoTemplates, entry.name, 'template.json');
    return [[entry.name, JSON.parse(readFileSync(file, 'utf8')).sample]];
  }),
);
