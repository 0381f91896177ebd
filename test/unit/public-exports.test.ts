import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../server/mail/index.ts';

describe('The public exports', () => {
  it('name every type that the module shows to the rest of the package', () => {
    const named = typesOf('server/index.ts');
    expect(named).to.include('Mail');
    expect(typesOf('server/mail/index.ts').filter(type => !named.includes(type))).to.deep.equal([]);
  });
});

/** The types that a file exports by a list. */
function typesOf(file: string): string[] {
  const code = readFileSync(path.join(packageRoot, file), 'utf8');
  return [...code.matchAll(/^export (type )?\{([^}]*)\} from/gm)].flatMap(([, all, list = '']) => {
    const names = list.split(',').map(name => name.trim());
    return names.flatMap(name => (all ? name : (/^type (.*)/.exec(name)?.[1] ?? []))).filter(Boolean);
  });
}
