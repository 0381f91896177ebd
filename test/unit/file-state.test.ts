import { expect } from 'chai';
import { type KnownVersion, stateOfDiffering } from '../../server/mail/templates/authoring/file-state.ts';
import { jsonText } from '../../server/mail/templates/authoring/json-text.ts';
import type { Cause } from '../../server/mail/templates/language/source.ts';

/** A history, newest first, of one letter per version: what it says; a capital was a person's doing. */
function history(letters: string): KnownVersion[] {
  return [...letters].map((letter, index) => {
    const cause: Cause = letter === letter.toLowerCase() ? { kind: 'files' } : { kind: 'edit' };
    return { version: letters.length - index, hash: letter.toLowerCase(), cause };
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

describe('JSON in template files', () => {
  it('spreads its outer levels, and what does not fit on a line', () => {
    const field = { type: 'string', optional: true };
    const text = jsonText({
      category: 'order',
      data: { name: field, tags: { type: 'array', items: field } },
      sample: {
        list: [1, 2],
        facts: [
          { a: 1, b: 2 },
          { a: 3, b: 4 },
        ],
        long: ['x'.repeat(60), 'y'.repeat(60)],
      },
    });
    expect(text.split('\n')).to.deep.equal([
      '{',
      '  "category": "order",',
      '  "data": {',
      '    "name": { "type": "string", "optional": true },',
      '    "tags": { "type": "array", "items": { "type": "string", "optional": true } }',
      '  },',
      '  "sample": {',
      '    "list": [1, 2],',
      '    "facts": [',
      '      { "a": 1, "b": 2 },',
      '      { "a": 3, "b": 4 }',
      '    ],',
      '    "long": [',
      `      "${'x'.repeat(60)}",`,
      `      "${'y'.repeat(60)}"`,
      '    ]',
      '  }',
      '}',
      '',
    ]);
  });
});
