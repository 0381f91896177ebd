import { Readable } from 'node:stream';
import { expect } from 'chai';
import { columnsOf, recipientOf } from '../../server/admin/campaigns/csv/columns.ts';
import { type Line, readLines } from '../../server/admin/campaigns/csv/lines.ts';
import { cell } from '../../server/admin/campaigns/csv/results.ts';
import type { ContractSpec } from '../../server/mail/index.ts';

async function linesOf(text: string, chunk = 7): Promise<Line[]> {
  const lines: Line[] = [];
  // In pieces, so that nothing depends on where a chunk ends.
  const pieces = Array.from({ length: Math.ceil(text.length / chunk) }, (_, i) =>
    text.slice(i * chunk, (i + 1) * chunk),
  );
  for await (const line of readLines(() => Readable.from(pieces))) lines.push(line);
  return lines;
}

describe('a CSV list', () => {
  it('may have a mark at its beginning, semicolons or tabs, and quoted line breaks', async () => {
    const expected = [
      { line: 1, cells: ['email', 'name'] },
      { line: 2, cells: ['a@x.example', 'Ada\nLovelace; "Countess"'] },
      { line: 4, cells: ['b@x.example', 'Bob'] },
    ];
    for (const [between, end] of [
      [';', '\n'],
      ['\t', '\r\n'],
      [',', '\r\n'],
    ] as const) {
      const rows = [
        `email${between}name`,
        `a@x.example${between}"Ada\nLovelace; ""Countess"""`,
        `b@x.example${between} Bob `,
      ];
      expect(await linesOf(`\ufeff${rows.join(end)}${end}`), between).to.deep.equal(expected);
    }
  });

  it('goes on behind a quote that is not closed, and names its line', async () => {
    const good = Array.from({ length: 3000 }, (_, i) => `reader-${i}@mail.example,Reader number ${i}`);
    const lines = await linesOf(
      ['email,name', good[0], 'bad@x.example,"open', ...good.slice(1)].join('\n'),
      4096,
    );
    expect(lines.filter(line => 'problem' in line)).to.deep.equal([
      { line: 3, problem: 'A quote is not closed, or the line is too long.' },
    ]);
    expect(lines.filter(line => 'cells' in line)).to.have.length(good.length + 1);
    expect(lines.at(-1)).to.deep.equal({
      line: 3002,
      cells: ['reader-2999@mail.example', 'Reader number 2999'],
    });
  });

  it('gives up on a file that is nothing but broken lines', async () => {
    const lines = await linesOf(`email\n${`"${'x'.repeat(70_000)}\n`.repeat(25)}`, 65_536);
    expect(lines.at(-1)).to.have.property('problem').that.includes('Too many broken lines');
  });

  it('that is not UTF-8 has faulty lines, not wrong names', async () => {
    const lines: Line[] = [];
    for await (const line of readLines(() =>
      Readable.from([Buffer.from('email,name\na@x.example,Zo\xeb\n', 'latin1').toString()]),
    ))
      lines.push(line);
    expect(lines[1]).to.have.property('problem').that.includes('UTF-8');
  });

  it('that is empty has no lines', async () => {
    expect(await linesOf('')).to.deep.equal([]);
    expect(await linesOf('\n\n')).to.deep.equal([]);
  });
});

describe('columns of a CSV list', () => {
  const contract: ContractSpec = {
    name: { type: 'string' },
    points: { type: 'integer' },
    vip: { type: 'boolean' },
    address: { type: 'object', fields: { city: { type: 'string' } } },
    articles: { type: 'array' },
  };
  const read = (headers: string[], cells: string[], chosen = {}) => {
    const recipient = recipientOf(columnsOf(headers, contract, chosen).columns, cells);
    return JSON.parse(JSON.stringify(recipient));
  };

  it('go by their names, whatever their case and spelling', () => {
    expect(
      read(
        ['E-Mail', 'Name', 'data.points', 'VIP', 'Address City'],
        ['a@x.example', 'Ada', '7', 'yes', 'Delft'],
      ),
    ).to.deep.equal({
      email: 'a@x.example',
      name: 'Ada',
      data: { name: 'Ada', points: 7, vip: true, address: { city: 'Delft' } },
    });
  });

  it('go by what a person chose', () => {
    const chosen = { To: 'email', Name: '', City: 'data.address.city', Evil: 'data.__proto__.x' };
    expect(read(['To', 'Name', 'City', 'Evil'], ['a@x.example', 'Ada', 'Delft', '1'], chosen)).to.deep.equal({
      email: 'a@x.example',
      data: { address: { city: 'Delft' } },
    });
  });

  it('that nothing is known of are named, lists among them', () => {
    expect(columnsOf(['email', 'shoe size', 'articles'], contract).unused).to.deep.equal([
      'shoe size',
      'articles',
    ]);
  });

  it('say nothing with an empty cell, and leave what does not fit to the check', () => {
    expect(read(['email', 'points', 'vip'], ['a@x.example', 'seven', ''])).to.deep.equal({
      email: 'a@x.example',
      data: { points: 'seven' },
    });
  });

  it('cannot reach a prototype', () => {
    const hostile = JSON.parse('{"__proto__":{"type":"object","fields":{"polluted":{"type":"string"}}}}');
    recipientOf(columnsOf(['email', '__proto__.polluted'], hostile).columns, ['a@x.example', 'yes']);
    expect(({} as Record<string, unknown>).polluted).to.equal(undefined);
  });
});

describe('a cell of a CSV file', () => {
  it('is no formula to a spreadsheet, and one cell to a parser', () => {
    expect(cell('Ada')).to.equal('Ada');
    expect(cell('a;b')).to.equal('"a;b"');
    expect(cell('say "hi"\n')).to.equal('"say ""hi""\n"');
    for (const start of ['=', '+', '-', '@', '\t']) expect(cell(`${start}1+1`)).to.equal(`'${start}1+1`);
    expect(cell('=HYPERLINK("x","y")')).to.equal(`"'=HYPERLINK(""x"",""y"")"`);
  });
});
