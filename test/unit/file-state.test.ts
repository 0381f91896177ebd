import { expect } from 'chai';
import {
  type KnownVersion,
  stateOfDiffering,
} from '../../server/mail/templates/authoring/file-comparison.ts';
import type { Cause } from '../../server/mail/templates/language/source.ts';

/** A history, newest first, of one character per version: what it says; a capital is a person's edit. */
function history(versions: string): KnownVersion[] {
  return [...versions].map((hash, index) => {
    const cause: Cause = hash === hash.toLowerCase() ? { kind: 'files' } : { kind: 'edit' };
    return { version: versions.length - index, hash: hash.toLowerCase(), cause };
  });
}

describe('a file that differs from the database', () => {
  const cases: [file: string, newestFirst: string, agreed: number | null, state: string][] = [
    ['x', 'a', 1, 'file'],
    ['x', 'ba', 2, 'file'],
    ['a', 'Ba', 1, 'database'],
    ['x', 'Ba', 1, 'conflict'],
    ['x', 'Ba', 2, 'file'],
    ['a', 'cBa', 3, 'database'],
    ['a', 'cba', 3, 'file'],
    ['b', 'cba', 3, 'file'],
    ['x', 'A', null, 'conflict'],
  ];
  for (const [file, newestFirst, agreed, state] of cases) {
    it(`${file} beside ${newestFirst}, agreed at ${agreed}: ${state}`, () => {
      expect(stateOfDiffering(file, history(newestFirst), agreed)).to.equal(state);
    });
  }
});
