import { expect } from 'chai';
import { actionLabel } from '../../server/admin/audit/action-labels.ts';
import { changeLines } from '../../server/admin/audit/change-lines.ts';
import { readable } from '../../server/admin/audit/readable.ts';

describe('changes for reading', () => {
  it('lays values out in lines', () => {
    expect(
      readable({ version: 2, text: 'one\ntwo', tags: ['a', { b: null }], none: [], nothing: {} }),
    ).to.equal(
      [
        'version: 2',
        'text:',
        '  one',
        '  two',
        'tags:',
        '  - a',
        '  -',
        '    b: null',
        'none: none',
        'nothing: {}',
        '',
      ].join('\n'),
    );
    expect([readable(null), readable(undefined), readable('text'), readable(0)]).to.deep.equal([
      '',
      '',
      'text\n',
      '0\n',
    ]);
  });

  it('shows what went and what came, with what is around it', () => {
    const lines = changeLines({ role: 'editor', name: 'Ada' }, { role: 'admin', name: 'Ada' });
    expect(lines).to.deep.equal([
      { kind: 'del', text: 'role: editor' },
      { kind: 'ins', text: 'role: admin' },
      { kind: 'same', text: 'name: Ada' },
    ]);
    expect(changeLines(null, { a: 1 })).to.deep.equal([{ kind: 'ins', text: 'a: 1' }]);
    expect(changeLines({ a: 1 }, null)).to.deep.equal([{ kind: 'del', text: 'a: 1' }]);
    expect(changeLines({ a: 1 }, { a: 1 })).to.deep.equal([]);
    expect(changeLines(null, null)).to.deep.equal([]);
  });

  it('leaves out what is far from a change', () => {
    const text = Array.from({ length: 100 }, (_, i) => `line ${i}`);
    const changed = text.map((line, i) => (i === 10 || i === 90 ? `${line}!` : line));
    const lines = changeLines(text.join('\n'), changed.join('\n'));
    expect(lines).to.have.length(2 * 8 + 1);
    expect(lines.filter(({ kind }) => kind === 'gap')).to.have.length(1);
  });

  it('gives up comparing what would take too long, and shows both', () => {
    const random = (seed: number) =>
      Array.from({ length: 60_000 }, (_, i) => `${(i * seed) % 99_991}`).join('\n');
    const lines = changeLines(random(7919), random(6007));
    expect(lines.filter(({ kind }) => kind === 'del').length).to.be.greaterThan(0);
    expect(lines.filter(({ kind }) => kind === 'ins').length).to.be.greaterThan(0);
  });

  it('shows no more of a long text than can be read', () => {
    const long = (line: string) => Array.from({ length: 100_000 }, (_, i) => `${line} ${i}`).join('\n');
    const manyLines = changeLines({ text: long('before') }, { text: long('after') });
    expect(manyLines.length).to.be.within(2_000, 4_100);
    expect(manyLines.at(-1)?.text).to.match(/not all of it is shown/);
    const [oneLine] = changeLines(null, 'x'.repeat(1_000_000));
    expect(oneLine?.text.length).to.be.below(1_100);
    expect(oneLine?.text).to.match(/999000 more characters$/);
  });

  it('says what was done', () => {
    expect(
      [
        'campaign.launch',
        'webhook-password.add',
        'message.resend',
        'thing.frob',
        'nothing',
        'constructor.x',
      ].map(actionLabel),
    ).to.deep.equal([
      'Campaign launched',
      'Webhook password added',
      'Message copied and sent again',
      'Thing frob',
      'nothing',
      'Constructor x',
    ]);
  });
});
