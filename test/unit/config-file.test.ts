import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { ConfigError, findConfig } from '../../server/config/index.ts';
import { packageRoot } from '../../server/mail/index.ts';

const options = `{ database: 'mysql://h/d', from: 'shop@shop.example', postmark: { token: 'token-secret' }, templates: 'mails' }`;

describe('the configuration file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'postlane-config-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = async (name: string, text: string, below = '') => {
    await mkdir(path.join(folder, below), { recursive: true });
    await writeFile(path.join(folder, below, name), text);
  };
  const refusal = async (file?: string) => {
    const error = await findConfig({ env: {}, cwd: folder, file }).then(
      () => null,
      thrown => thrown,
    );
    expect(error).to.be.instanceOf(ConfigError);
    return (error as ConfigError).faults.join('\n');
  };

  const forms: [name: string, text: string][] = [
    ['postlane.config.mjs', `export default ${options};`],
    ['postlane.config.cjs', `module.exports = ${options};`],
    ['postlane.config.js', `module.exports = ${options};`],
    ['postlane.config.ts', `const one: object = ${options};\nexport default one;`],
    ['postlane.config.cts', `const one: object = ${options};\nexport = one;`],
    [
      'postlane.config.json',
      JSON.stringify({
        database: 'mysql://h/d',
        from: 'shop@shop.example',
        postmark: { token: 'token-secret' },
        templates: 'mails',
      }),
    ],
  ];
  for (const [name, text] of forms) {
    it(`is read as ${name}, from a folder below it as well, and its folders begin where it lies`, async () => {
      await put(name, text);
      await mkdir(path.join(folder, 'src/mail'), { recursive: true });
      const config = await findConfig({ env: {}, cwd: path.join(folder, 'src/mail') });
      expect(config).to.include({
        database: 'mysql://h/d',
        templates: path.join(folder, 'mails'),
        file: path.join(folder, name),
      });
    });
  }

  it('is the nearest, or the one that is named, by the caller or by POSTLANE_CONFIG', async () => {
    await put('postlane.config.mjs', `export default ${options};`);
    await put('postlane.config.mjs', `export default { ...${options}, from: 'near@shop.example' };`, 'near');
    await put('other.mjs', `export default { ...${options}, from: 'other@shop.example' };`);
    const cwd = path.join(folder, 'near');
    expect((await findConfig({ env: {}, cwd })).from).to.equal('near@shop.example');
    expect((await findConfig({ env: {}, cwd, file: '../other.mjs' })).from).to.equal('other@shop.example');
    const env = { POSTLANE_CONFIG: path.join(folder, 'other.mjs') };
    expect((await findConfig({ env, cwd })).from).to.equal('other@shop.example');
  });

  it('may be missing: then the environment says everything', async () => {
    const env = {
      DATABASE_URL: 'mysql://h/d',
      POSTMARK_SERVER_TOKEN: 'token-secret',
      MAIL_FROM: 'a@shop.example',
    };
    const config = await findConfig({ env, cwd: folder });
    expect(config).to.include({ file: null, templates: path.resolve('templates') });
  });

  it('is refused in words when it cannot be loaded, exports nothing, or is not alone', async () => {
    expect(await refusal('gone.mjs')).to.equal(`There is no file ${path.join(folder, 'gone.mjs')}.`);
    await put('broken.mjs', 'export default {');
    expect(await refusal('broken.mjs')).to.match(/broken\.mjs cannot be loaded: /);
    await put('thrown.mjs', "throw new Error('no such variable');");
    expect(await refusal('thrown.mjs')).to.match(/cannot be loaded: no such variable$/);
    await put('list.json', '[]');
    expect(await refusal('list.json')).to.match(/exports no configuration/);
    await put('typo.mjs', `export default { ...${options}, polcy: {} };`);
    expect(await refusal('typo.mjs')).to.equal('polcy is not an option: did you mean policy?');
    await put('postlane.config.mjs', 'export default {};');
    await put('postlane.config.json', '{}');
    expect(await refusal()).to.match(/^There are several configurations, keep one: /);
  });

  it('may be TypeScript with the tsx of the host', async () => {
    await symlink(path.join(packageRoot, 'node_modules'), path.join(folder, 'node_modules'));
    await put(
      'postlane.config.ts',
      `enum Word { From = 'shop@shop.example' }\nexport default { ...${options}, from: Word.From };`,
    );
    expect((await findConfig({ env: {}, cwd: folder })).from).to.equal('shop@shop.example');
  });
});
