import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { bad, type Examination, type Finding, good, unseen } from './check.ts';
import type { Subject } from './subject.ts';
import { PolicyFault } from './unseen.ts';

/** What this process itself is: its Node.js, its configuration and its files. */
export const environment: readonly Examination[] = [
  { name: 'Node.js', look: async () => nodeVersion(process.versions.node) },
  {
    name: 'configuration',
    async look({ file, faults: given, routing }) {
      const from = file ?? 'the environment alone';
      const faults = [...given, ...policyFaults(routing)];
      if (faults.length === 0) return good(`Read from ${from}.`);
      return bad(
        `Faults: ${faults.join(' ')}`,
        'Correct these in postlane.config.* or in the environment; "postlane init" writes a configuration to begin with.',
      );
    },
  },
  {
    name: 'secrets',
    async look({ given, wrong, config }) {
      const missing = secrets.filter(({ option }) => !given.has(option) || wrong.has(option));
      if (missing.length === 0) return good('Webhook credentials and secret keys are given.');
      const names = missing.map(({ variable }) => variable).join(' and ');
      const remedy = `Set ${names}: the same for every process, and kept secret.`;
      return config.production
        ? bad(`${names} not given, or not valid.`, remedy)
        : unseen(`${names} not given: made up at each start, as is good enough for development.`, remedy);
    },
  },
  {
    name: 'template files',
    async look({ config }) {
      const folder = config.templates ?? 'templates';
      if (!existsSync(folder))
        return unseen(
          `There is no folder ${folder}.`,
          'Where templates live in files, name their folder as "templates" in the configuration.',
        );
      const keys = readdirSync(folder).filter(name => existsSync(path.join(folder, name, 'template.json')));
      return keys.length > 0
        ? good(`${keys.length} in ${folder}.`)
        : unseen(`No folder in ${folder} has a template.json.`, 'Add one, or let admins write templates.');
    },
  },
];

function policyFaults(routing: Subject['routing']): string[] {
  try {
    routing();
    return [];
  } catch (error) {
    return error instanceof PolicyFault ? [error.why] : [];
  }
}

const secrets = [
  { option: 'webhookCredentials', variable: 'WEBHOOK_CREDENTIALS' },
  { option: 'secretKeys', variable: 'POSTLANE_SECRET_KEY' },
];

/** Which versions run Postlane. */
export function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19)
    ? good(version)
    : bad(version, 'Install Node.js 20.19 or later.');
}
