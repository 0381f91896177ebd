import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { Db } from '../../db/connect.ts';
import { joinProviders } from '../../server/mail/providers/providers.ts';
import { createBrands } from '../../server/mail/routing/brands.ts';
import type { Authoring } from '../../server/mail/templates/authoring/api.ts';
import type { AuthoringChecks } from '../../server/mail/templates/authoring/context.ts';
import { createAuthoring } from '../../server/mail/templates/authoring/index.ts';
import { assertSendable } from '../../server/mail/templates/authoring/validate.ts';
import { type Issue, issue } from '../../server/mail/templates/issue.ts';
import { readInclusions } from '../../server/mail/templates/language/inclusions.ts';
import type { Source, SourceKind } from '../../server/mail/templates/language/source.ts';
import { workLimits } from '../../server/mail/templates/preview/render-pool.ts';
import { compileMjml } from '../../server/mail/templates/preview/tasks/compile-mjml.ts';
import { differences } from '../../server/mail/templates/preview/tasks/differences.ts';
import { renderedDifferences } from '../../server/mail/templates/preview/tasks/rendered-differences.ts';
import { createTemplates, type Templates } from '../../server/mail/templates/templates.ts';
import { emptyTables, testDatabase } from './database.ts';
import { openForEachTest, standIn } from './opened.ts';
import { testPolicy } from './policy.ts';

/** Checks on this thread: what must hold is an error, the word `dubious` in a subject a warning. */
export const plainChecks: AuthoringChecks = {
  async check(content) {
    const issues: Issue[] = [];
    try {
      assertSendable(content);
    } catch (error) {
      issues.push(issue('sendable', (error as Error).message));
    }
    if (/dubious/.test(content.locales.default.subject)) {
      issues.push(issue('spam', 'The subject is dubious.', { severity: 'warning' }));
    }
    return issues;
  },
  inclusions: async texts => readInclusions(texts),
  differences: async texts => differences(texts),
  renderedDifferences: async versions =>
    renderedDifferences({ ...versions, unsubscribe: '#', partBytes: workLimits.partBytes }),
  compileMjml,
};

/** The authoring of a process of its own, with its cache of published templates. */
export interface OpenAuthoring extends Authoring {
  templates: Templates;
}

/** Gives each test of the suite around it the sample folder, and the authoring that has taken it. */
export function useAuthoring(): { authoring: OpenAuthoring; folder: string } {
  const folder = useSampleFolder();
  const opened = openForEachTest(async () => {
    const authoring = openAuthoring(testDatabase(), folder);
    await authoring.files.import();
    return authoring;
  });
  return { authoring: standIn(opened), folder };
}

/**
 * Gives each test an emptied database and, at the path it returns, a folder with a brand, a layout, two partials and the
 * templates `welcome` and `receipt`, to be changed by tests.
 */
export function useSampleFolder(): string {
  const folder = path.join(tmpdir(), `postlane-authoring-${randomUUID()}`);
  beforeEach(async () => {
    await emptyTables(testDatabase());
    await putSamples(folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function putSamples(folder: string): Promise<void> {
  const template = {
    category: 'order',
    layout: 'default',
    description: 'A sample.',
    data: { name: { type: 'string' } },
    sample: { name: 'Ada' },
  };
  const files = {
    'brand.json': JSON.stringify({ name: 'Alder' }),
    'layouts/default.html.hbs': '<html><body>{{> content}}{{> footer}}</body></html>',
    'layouts/default.text.hbs': '{{> content}}',
    'partials/footer.html.hbs': '<p>{{@brand.name}}</p>',
    'partials/greeting.html.hbs': '<b>{{name}}</b>',
    'welcome/template.json': JSON.stringify(template),
    'welcome/subject.hbs': 'Welcome {{name}}',
    'welcome/html.hbs': '<p>Hello {{> greeting}}</p>',
    'receipt/template.json': JSON.stringify({ ...template, category: 'receipt' }),
    'receipt/subject.hbs': 'Receipt',
    'receipt/html.hbs': '<p>Thank you {{name}}</p>',
  };
  for (const [file, text] of Object.entries(files)) await putFile(folder, file, text);
}

/** Writes one file of a folder of templates. */
export async function putFile(folder: string, file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
  await writeFile(path.join(folder, file), text);
}

/** Opens one on a folder, which it does not take yet. */
export function openAuthoring(db: Db, folder: string, checks: AuthoringChecks = plainChecks): OpenAuthoring {
  const templates = createTemplates(db, () => new Date());
  const policy = testPolicy({ email: 'shop@sender.example' });
  const context = {
    db,
    templates,
    now: () => new Date(),
    log: pino({ level: 'silent' }),
    policy,
    brands: createBrands({}, policy, joinProviders([], [], [])),
  };
  return { ...createAuthoring(context, { folder, checks }), templates };
}

/** Saves a draft of what is published, with a change, as `ann`; returns its revision. */
export async function saveDraftOf<K extends SourceKind>(
  authoring: Authoring,
  ref: { kind: K; key: string },
  change: (content: Source<K>['content']) => void,
): Promise<number> {
  const view = await authoring.get(ref);
  if (!view?.published) throw new Error('It is not published.');
  const source = structuredClone(view.published.source);
  change(source.content);
  const saved = await authoring.saveDraft(source as Source, { revision: view.revision, by: 'ann' });
  if (saved.state !== 'saved') throw new Error('The draft was refused.');
  return saved.revision;
}
