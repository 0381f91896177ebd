import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

describe('migrations', () => {
  it('are frozen: they import nothing that goes on changing', () => {
    const folder = new URL('../../db/migrations/', import.meta.url);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
      name.endsWith('.ts'),
    );
    expect(files).to.not.have.length(0);
    for (const file of files) {
      const source = readFileSync(new URL(file, folder), 'utf8');
      const imported = [...source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
        ([, name = '']) => name,
      );
      const depth = file.split(/[\\/]/).length - 1;
      const outside = imported.filter(
        name => !(name === 'knex' || name.startsWith('./') || (depth === 1 && name === '../helpers.ts')),
      );
      expect(outside, file).to.deep.equal([]);
    }
  });
});
