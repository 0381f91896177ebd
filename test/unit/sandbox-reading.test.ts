import { expect } from 'chai';
import { addressFault, readMailboxes, writeMailbox } from '../sandbox/messages/addresses.ts';
import { readHeaders } from '../sandbox/smtp/headers.ts';
import { readQueryDate, stamp } from '../sandbox/state/timestamps.ts';

describe('the sandbox reads address lists', () => {
  const lists: [list: string, mailboxes: [email: string, name: string][]][] = [
    ['', []],
    ['a@x.example', [['a@x.example', '']]],
    [
      ' Ada <a@x.example> ,b@x.example,',
      [
        ['a@x.example', 'Ada'],
        ['b@x.example', ''],
      ],
    ],
    [
      '"Lovelace, Ada" <a@x.example>, b@x.example',
      [
        ['a@x.example', 'Lovelace, Ada'],
        ['b@x.example', ''],
      ],
    ],
    ['"She said \\"hi, there\\"" <a@x.example>', [['a@x.example', 'She said "hi, there"']]],
    ['Unclosed "quote <a@x.example>', [['a@x.example', 'Unclosed "quote']]],
  ];
  for (const [list, mailboxes] of lists) {
    it(JSON.stringify(list), () => {
      expect(readMailboxes(list)).to.deep.equal(mailboxes.map(([Email, Name]) => ({ Email, Name })));
    });
  }

  it('writes a name so that it reads back', () => {
    const mailbox = { Email: 'a@x.example', Name: 'Ada "Countess" L\\' };
    expect(readMailboxes(writeMailbox(mailbox))).to.deep.equal([mailbox]);
  });

  it('judges addresses', () => {
    for (const good of ['a@x.example', "o'neil+1@sub.x.example", 'a@müller.example']) {
      expect(addressFault('To', good), good).to.equal(null);
    }
    for (const bad of [
      'a',
      '@x.example',
      'a@',
      'a@x',
      'a b@x.example',
      'a@-x.example',
      'a@x..example',
      'a@b@x.example',
    ]) {
      expect(addressFault('To', bad), bad).to.be.a('string');
    }
  });
});

describe('the sandbox reads headers', () => {
  it('unfolds values, lowers names and stops at the body', () => {
    const raw = Buffer.from(
      'Subject: a\r\n long\r\n\tone\r\nX-PM-Tag:news\r\nX-Empty:\r\n\r\nNot: a header\r\n',
    );
    expect(readHeaders(raw)).to.deep.equal([
      ['subject', 'a long one'],
      ['x-pm-tag', 'news'],
      ['x-empty', ''],
    ]);
  });

  it('survives a message without body, without headers and without sense', () => {
    expect(readHeaders(Buffer.from('A: b'))).to.deep.equal([['a', 'b']]);
    expect(readHeaders(Buffer.from('\r\n\r\nbody'))).to.deep.equal([]);
    expect(readHeaders(Buffer.alloc(0))).to.deep.equal([]);
    expect(readHeaders(Buffer.from('nonsense\r\n:odd\r\n\r\n'))).to.deep.equal([]);
  });
});

describe('the sandbox tells time', () => {
  it('writes UTC with seven fraction digits that a Date still reads', () => {
    const moment = Date.UTC(2026, 4, 4, 9, 8, 7, 123);
    expect(stamp(moment)).to.match(/^2026-05-04T09:08:07\.123\d{4}Z$/);
    expect(Date.parse(stamp(moment))).to.equal(moment);
  });

  const dates: [text: string, edge: 'from' | 'to', utc: string][] = [
    ['2026-01-15T12:00:00', 'from', '2026-01-15T17:00:00.000Z'],
    ['2026-07-15T12:00:00', 'from', '2026-07-15T16:00:00.000Z'],
    ['2026-07-15T12:00:00', 'to', '2026-07-15T16:00:00.999Z'],
    ['2026-07-15', 'from', '2026-07-15T04:00:00.000Z'],
    ['2026-07-15', 'to', '2026-07-16T03:59:59.999Z'],
    ['2026-07-15T12:00', 'to', '2026-07-15T16:00:59.999Z'],
    ['2026-07-15T12:00:00Z', 'from', '2026-07-15T12:00:00.000Z'],
    ['2026-07-15T12:00:00-05:00', 'to', '2026-07-15T17:00:00.999Z'],
    ['2026-03-08T01:59:59', 'from', '2026-03-08T06:59:59.000Z'],
    ['2026-03-08T03:00:00', 'from', '2026-03-08T07:00:00.000Z'],
    ['2026-11-01T00:30:00', 'from', '2026-11-01T04:30:00.000Z'],
    ['2026-11-01T02:30:00', 'from', '2026-11-01T07:30:00.000Z'],
  ];
  for (const [text, edge, utc] of dates) {
    it(`reads ${edge} ${text} as ${utc}`, () => {
      expect(new Date(readQueryDate(text, edge) ?? 0).toISOString()).to.equal(utc);
    });
  }

  it('reads a whole day as 23 or 25 hours where the clocks change', () => {
    const hours = (day: string): number => {
      const [from, to] = [readQueryDate(day, 'from') ?? 0, readQueryDate(day, 'to') ?? 0];
      return Math.round((to - from) / 3_600_000);
    };
    expect([hours('2026-03-08'), hours('2026-07-15'), hours('2026-11-01')]).to.deep.equal([23, 24, 25]);
  });

  it('knows what is no date', () => {
    for (const text of ['', 'yesterday', '2026-13-01', '15.07.2026', '2026-07-15T25:00:00']) {
      expect(readQueryDate(text, 'from'), text).to.equal(null);
    }
  });
});
