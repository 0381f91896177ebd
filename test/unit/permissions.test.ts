import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { may, type Permission, permissions, roleSentences } from '../../server/admin/permissions.ts';
import { roles } from '../../server/admin/person.ts';

const root = path.join(import.meta.dirname, '../..');

describe('permissions', () => {
  it('belong to a role and every higher one', () => {
    const allowedTo = (permission: Permission) => roles.filter(role => may({ role }, permission));
    expect(allowedTo('pages.view')).to.deep.equal([...roles]);
    expect(allowedTo('suppressions.add')).to.deep.equal(['editor', 'publisher', 'admin']);
    expect(allowedTo('suppressions.lift')).to.deep.equal(['publisher', 'admin']);
    expect(allowedTo('users.manage')).to.deep.equal(['admin']);
    expect(may(null, 'sign-in')).to.equal(true);
    expect(may(null, 'pages.view')).to.equal(false);
  });

  it('have names that are checked, those of objects included', () => {
    for (const name of ['suppressions.lft', 'constructor', '__proto__', ''])
      expect(() => may({ role: 'admin' }, name as Permission), name).to.throw(
        TypeError,
        'There is no permission',
      );
  });

  it('are the README’s table of roles', () => {
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    const table = /<!-- roles -->\n([\s\S]*?)\n?<!-- \/roles -->/.exec(readme)?.[1];
    const rows = roleSentences.map(({ role, may }, i) => `| \`${role}\` | ${i === 0 ? '' : 'also '}${may} |`);
    expect(table).to.equal(['| role | may |', '| --- | --- |', ...rows].join('\n'));
  });

  it('are what the views ask for, by names that exist', () => {
    const asked = viewsUnder(path.join(root, 'server')).flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/(?:\(may @person|roleFor) "([^"]*)"/g)].map(
        ([, name]) => name,
      ),
    );
    expect(asked).to.have.length.above(10);
    expect(asked.filter(name => !Object.hasOwn(permissions, name ?? ''))).to.deep.equal([]);
  });
});

function viewsUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.hbs'))
    .map(name => path.join(folder, name));
}
