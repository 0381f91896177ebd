import { expect } from 'chai';
import { textSource } from '../../server/admin/campaigns/temp-upload.ts';
import { suppressionsCsv } from '../../server/admin/suppressions/csv/export.ts';
import { importList, type ListOptions } from '../../server/admin/suppressions/csv/import.ts';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { longestTurn } from '../support/longest-turn.ts';
import { openMail } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';

describe('suppressions by CSV', () => {
  const db = testDatabase();
  let mail: Mail;
  const options: ListOptions = { by: 'ada', mode: 'take', place: { scope: 'bulk' }, note: 'old system' };
  const taken = (csv: string, over: Partial<ListOptions> = {}) =>
    importList(mail, textSource(csv), { ...options, ...over });
  const download = async () => {
    let text = '';
    for await (const part of suppressionsCsv(mail.suppressions.export())) text += part;
    return text;
  };

  before(async () => {
    mail = await openMail();
  });
  beforeEach(async () => {
    for (const table of ['postlane_suppressions', 'postlane_suppression_changes', 'postlane_audit_entries'])
      await db(table).delete();
  });
  after(() => mail.close());

  it('are looked at first, then entered in pages with one entry in the audit log, and a second time change nothing', async () => {
    const csv = `Email\n${Array.from({ length: 1200 }, (_, i) => `n${i}@mail.example`).join('\n')}\n`;
    expect(await taken(csv, { mode: 'look' })).to.include({ taken: false, added: 1200, known: 0 });
    expect(await mail.suppressions.list({ limit: 1 })).to.deep.equal([]);
    const longest = await longestTurn(async () => {
      expect(await taken(csv)).to.include({ taken: true, lines: 1200, added: 1200, known: 0, rejected: 0 });
    });
    // In one piece it would be several times as much.
    expect(longest).to.be.below(120);
    const whole = () => db('postlane_suppressions').orderBy('address');
    const before = await whole();
    expect(await taken(csv)).to.include({ added: 0, known: 1200 });
    expect(await whole()).to.deep.equal(before);
    expect(await mail.suppressions.history('n7@mail.example')).to.have.length(1);
    const entries: string[] = await db('postlane_audit_entries').orderBy('id').pluck('after_change');
    expect(entries.map(after => JSON.parse(after))).to.deep.equal([
      { added: 1200, known: 0, rejected: 0 },
      { added: 0, known: 1200, rejected: 0 },
    ]);
  });

  it('are mapped, dated and said by whom; what is faulty is named by its line', async () => {
    const csv = [
      'who;scope;topic;stream;expires;source;colour',
      'a@mail.example;topic;news;;2999-01-01;person;red',
      'b@mail.example;;;outbound;;host;',
      'c@mail.example;;;;;;',
      'nobody;;;;;;',
      'd@mail.example;;;no-such;;;',
      'e@mail.example;planet;;;;;',
      'f@mail.example;;;;2020-01-01;;',
      '"g@mail.example;;;;;',
    ].join('\r\n');
    const result = await taken(csv, { chosen: { who: 'address' } });
    expect(result).to.deep.include({ added: 3, rejected: 5, unused: ['colour'] });
    expect(result.errors.map(({ line }) => line)).to.deep.equal([5, 6, 7, 8, 9]);
    expect(result.errors[1]?.message).to.equal('There is no stream no-such.');
    const all = await mail.suppressions.list();
    expect(all.map(one => [one.address.slice(0, 1), one.scope, one.source, one.class])).to.have.deep.members([
      ['a', 'topic', 'person', 'unsubscribe'],
      ['b', 'stream', 'host', 'operator'],
      ['c', 'bulk', 'operator', 'operator'],
    ]);
    expect(await taken(csv, { mode: 'refuse', chosen: { who: 'address' } })).to.include({ taken: false });
  });

  it('come in as they went out, elsewhere too, and an import lifts nothing', async () => {
    const complaint = {
      ...providerSamples.SubscriptionChange,
      ...{ Recipient: 'ada@mail.example', MessageStream: 'broadcast', ChangedAt: '2026-05-04T09:00:00Z' },
      ...{ SuppressSending: true, SuppressionReason: 'SpamComplaint', Origin: 'Recipient' },
    };
    await mail.receive('postmark', complaint);
    await mail.suppressions.add({ address: '=cmd@mail.example', scope: 'everything', note: '=1+1' });
    await mail.suppressions.add({
      ...{ address: 'b@mail.example', scope: 'bulk', note: 'x', expiresAt: '2999-01-01T00:00:00Z' },
    });
    const csv = await download();
    expect(csv).to.include("'=cmd@mail.example,everything").and.include("'=1+1");
    expect(await taken(csv, { place: null })).to.include({ added: 0, known: 3, rejected: 0 });
    await mail.suppressions.add({ address: 'b@mail.example', scope: 'bulk', note: 'for good' });
    expect(await taken(csv, { place: null })).to.include({ added: 0, known: 3 });
    const [b] = await mail.suppressions.list({ address: 'b@mail.example' });
    expect(b).to.include({ note: 'for good', expiresAt: null });

    await db('postlane_suppressions').delete();
    expect(await taken(csv, { place: null })).to.include({ added: 3, rejected: 0 });
    const [ada] = await mail.suppressions.list({ address: 'ada@mail.example' });
    expect(ada).to.include({ source: 'person', class: 'unsubscribe', scope: 'stream', stream: 'broadcast' });
    expect(await taken(csv, { place: null })).to.include({ added: 0, known: 3 });
  });

  it('that are no list at all are refused in words', async () => {
    for (const [csv, place, problem] of [
      ['', 'x', 'empty'],
      ['ada@mail.example\nb@mail.example', 'x', 'must name the columns'],
      ['email\na@mail.example', null, 'no column scope, topic or stream'],
    ] as const) {
      const message = await taken(csv, place === null ? { place } : {}).then(
        () => '',
        (error: Error) => error.message,
      );
      expect(message).to.include(problem);
    }
  });
});
