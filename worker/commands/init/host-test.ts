import type { NewFile } from './config-file.ts';
import type { Host, Runner } from './host.ts';

/** A first test of the host, in the runner that it has. */
export function hostTest({ runner, esm, typescriptTests, tests }: Host): NewFile {
  const imports = esm || typescriptTests || runner === 'vitest';
  const { names, first, last } = words[runner];
  const from = (list: string, module: string) =>
    imports
      ? `import ${list} from '${module}';`
      : `const ${list.replaceAll(' as ', ': ')} = require('${module}');`;
  const library = { vitest: 'vitest', node: 'node:test', jest: null, mocha: null }[runner];
  const types = typescriptTests
    ? { capture: ': Capture', mail: ': Mail', heading: "import type { Mail } from 'postlane';\n" }
    : { capture: '', mail: '', heading: '' };
  const text = `${[
    from('assert', 'node:assert/strict'),
    ...(library === null ? [] : [from(`{ ${names.join(', ')} }`, library)]),
  ].join('\n')}
${types.heading}${from(typescriptTests ? '{ type Capture, captureMail }' : '{ captureMail }', 'postlane/testing')}

// DATABASE_URL has to name a database for tests: messages are really stored, and sent to a local Postmark.
describe('mail', () => {
  let captured${types.capture};
  let mail${types.mail};

  ${first}(async () => {
    captured = await captureMail();
    mail = await captured.mail();
  });
  ${last}(() => captured.close());

  it('welcomes who has opened an account', async () => {
    await mail.send({
      template: 'welcome',
      to: 'ada@mail.example',
      data: { name: 'Ada', signInUrl: 'https://www.example.com/sign-in' },
    });
    const { text } = await captured.waitFor({ to: 'ada@mail.example' });
    assert.match(text ?? '', /https:\\/\\/www\\.example\\.com\\/sign-in/);
  });
});
`;
  const ending = typescriptTests ? 'ts' : runner === 'vitest' && !esm ? 'mjs' : 'js';
  return { file: `${tests}/mail.test.${ending}`, text };
}

const words: Record<Runner, { names: string[]; first: string; last: string }> = {
  vitest: { names: ['afterAll', 'beforeAll', 'describe', 'it'], first: 'beforeAll', last: 'afterAll' },
  jest: { names: [], first: 'beforeAll', last: 'afterAll' },
  mocha: { names: [], first: 'before', last: 'after' },
  node: { names: ['after', 'before', 'describe', 'it'], first: 'before', last: 'after' },
};
