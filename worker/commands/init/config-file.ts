import type { Answers } from './answers.ts';
import type { Host } from './host.ts';

/** A file to be written, within the host's folder. */
export interface NewFile {
  file: string;
  text: string;
}

/** The configuration that app, worker and command line share. */
export function configFile(host: Host, { from, url }: Answers): NewFile {
  const { esm, typescript, templates } = host;
  const ending = typescript ? 'ts' : 'js';
  const imports = typescript || esm;
  const text = `${imports ? "import { defineMail } from 'postlane';" : "const { defineMail } = require('postlane');"}

// Read by the app, the worker and every postlane command. What is left out comes from the environment: see .env.example.
${imports ? 'export default' : 'module.exports ='} defineMail({
  // Who mail comes from, from a domain that is verified at Postmark.
  from: ${quoted(from ?? 'Your Brand <mail@example.com>')},

  // Where recipients and Postmark reach what the app mounts by mailRouter, with its path.
  publicUrl: process.env.POSTLANE_PUBLIC_URL ?? ${quoted(`${url ?? 'http://localhost:3000'}/mail`)},

  // The template files. "postlane templates push" publishes them, in each deploy.
  templates: ${quoted(templates)},

  policy: {
    // Raise it with each change: while a deploy replaces processes, the higher one is the newer.
    version: 1,
    // Each template names the category that it belongs to.
    categories: {
      // Links that somebody waits for. When nobody can tell whether one was sent, it is sent again. Essential mail also
      // goes to those who refused all that is not.
      account: { onUnknown: 'prefer-delivery', essential: true },
      // Orders, invoices and the like: sent at once, and never twice.
      transactional: { essential: true },
      // To many, with a link to unsubscribe: sent by the worker, behind everything else.
      newsletter: { lane: 'bulk' },
    },
  },
});
`;
  return { file: `postlane.config.${ending}`, text };
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** Lines for .env.example and .gitignore; those that are there already are not added again. */
export const environmentLines = [
  'DATABASE_URL=mysql://user:password@127.0.0.1:3306/app',
  'POSTMARK_SERVER_TOKEN=',
  '# Needed in production: what the webhooks sign in with, and 32 or more random characters that sign forms.',
  'WEBHOOK_CREDENTIALS=postmark:',
  'POSTLANE_SECRET_KEY=',
];
export const ignoredLines = ['.env', '.postlane/'];
