import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { writeTemplateTypes } from '../../server/mail/templates/authoring/write-files.ts';
import { templateTypes } from '../../server/mail/templates/language/template-types.ts';

const root = path.join(import.meta.dirname, '../..');
const request = path.join(root, 'server/mail/sending/input.ts');
const campaigns = path.join(root, 'server/mail/campaigns/api.ts');

const heading = (folder: string) => `import type { SendInput } from '${path.relative(folder, request)}';
import type { CampaignInput } from '${path.relative(folder, campaigns)}';
declare function send(input: SendInput): void;
declare function create(input: CampaignInput): void;
const to = 'ada@mail.example';
`;

/** What a feature of the host may write, with the error that it must give; null when it compiles. */
const sends: [what: string, code: string, error: RegExp | null][] = [
  [
    'right data',
    "send({ template: 'password-reset', to, data: { resetUrl: 'https://a.example', expiresInMinutes: 30 } });",
    null,
  ],
  [
    'an optional field that is null',
    "send({ template: 'password-reset', to, data: { resetUrl: 'x', expiresInMinutes: 1, name: null } });",
    null,
  ],
  [
    'a Date where the contract has a date',
    "send({ template: 'operational-alert', to, data: { severity: 'info', service: 's', environment: 'e', title: 't', summary: 's', startedAt: new Date(), actionUrl: 'x' } });",
    null,
  ],
  ['mail without a template', "send({ category: 'order', subject: 's', html: '<p>x</p>', to });", null],
  [
    'a template with a text of its own',
    "send({ template: 'password-reset', to, data: { resetUrl: 'x', expiresInMinutes: 1 }, html: 'x' });",
    /./,
  ],
  [
    'a campaign with a part of its data',
    "create({ name: 'n', template: 'newsletter', topic: 'news', data: { issue: 'May' } });",
    null,
  ],
  ['a campaign of an unknown template', "create({ name: 'n', template: 'newsleter' });", /newsleter/],
  [
    "a campaign with another template's data",
    "create({ name: 'n', template: 'newsletter', data: { resetUrl: 'x' } });",
    /resetUrl/,
  ],
  ['an unknown topic', "create({ name: 'n', template: 'newsletter', topic: 'newz' });", /newz/],
  ['an unknown key', "send({ template: 'pasword-reset', to, data: {} });", /pasword-reset/],
  ['no data', "send({ template: 'password-reset', to });", /'data' is missing/],
  [
    'a field left out',
    "send({ template: 'password-reset', to, data: { resetUrl: 'x' } });",
    /'expiresInMinutes' is missing/,
  ],
  [
    'a field of another type',
    "send({ template: 'password-reset', to, data: { resetUrl: 'x', expiresInMinutes: '30' } });",
    /'string' is not assignable to type 'number'/,
  ],
  [
    'a field too many',
    "send({ template: 'password-reset', to, data: { resetUrl: 'x', expiresInMinutes: 1, user: 1 } });",
    /'user' does not exist/,
  ],
  [
    'a value outside of an enumeration',
    "send({ template: 'operational-alert', to, data: { severity: 'bad', service: 's', environment: 'e', title: 't', summary: 's', startedAt: 'x', actionUrl: 'x' } });",
    /'"bad"' is not assignable/,
  ],
  [
    "another template's data",
    "send({ template: 'password-reset', to, data: { issue: 'May', intro: '', articles: [] } });",
    /./,
  ],
];

describe('the types of templates', function () {
  this.timeout(120_000);
  let folder = '';
  let errors = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'postlane-types-'));
    await writeTemplateTypes(path.join(root, 'templates/demo'), path.join(folder, 'templates.d.ts'), {
      topics: ['news', 'offers'],
    });
    const files = sends.map(([, code], index) =>
      writeFile(path.join(folder, `send-${index}.ts`), `${heading(folder)}${code}\n`),
    );
    await Promise.all(files);
    await writeFile(
      path.join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: path.join(root, 'tsconfig.json'),
        compilerOptions: { types: ['node'], typeRoots: [path.join(root, 'node_modules/@types')] },
        include: ['*.ts'],
      }),
    );
    errors = await compile(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [index, [what, , error]] of sends.entries()) {
    it(`${error ? 'refuse' : 'accept'} ${what}`, () => {
      const own = errors.split(/\n(?=\S)/).filter(text => text.includes(`send-${index}.ts`));
      if (error) expect(own.join('\n')).to.match(error);
      else expect(own).to.deep.equal([]);
    });
  }

  it('are nobody else’s error', () => {
    const elsewhere = errors.split(/\n(?=\S)/).filter(text => text && !/send-\d+\.ts/.test(text));
    expect(elsewhere).to.deep.equal([]);
  });

  it('say what a contract says', () => {
    const text = templateTypes([
      {
        key: 'b-c',
        description: 'Ends */ here',
        contract: {
          when: { type: 'date' },
          tags: { type: 'array', optional: true, items: { type: 'string', enum: ['x', 'y'] } },
          any: { type: 'array' },
          none: { type: 'object', fields: {} },
        },
      },
    ]);
    expect(text).to.contain(`    /** Ends * / here */
    "b-c": {
      when: string | Date;
      tags?: readonly ("x" | "y")[] | null | undefined;
      any: readonly (unknown)[];
      none: Record<string, never>;
    };
`);
  });
});

/** What the compiler has to say about a project. */
async function compile(project: string): Promise<string> {
  const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
  try {
    await promisify(execFile)(process.execPath, [compiler, '-p', project, '--pretty', 'false']);
    return '';
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? String(error);
  }
}
