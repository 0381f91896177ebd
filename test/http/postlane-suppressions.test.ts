import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { useCommandMail } from '../support/command-mail.ts';
import { useTempFolder } from '../support/temp-folder.ts';

describe('the command postlane suppressions', () => {
  const { mail, run, json } = useCommandMail();
  const { folder, put } = useTempFolder();

  it('adds, lists and lifts', async () => {
    const ada = ['broadcast', 'ada@mail.example', '--note', 'by phone'];
    expect((await json(['suppressions', 'add', ...ada])).answer).to.deep.include({ added: true });
    expect((await run(['suppressions', 'list', '--start', 'ad'])).out).to.match(
      /^ada@mail\.example +broadcast .*by phone$/,
    );
    expect((await json(['suppressions', 'list', '--stream', 'outbound'])).answer).to.deep.equal([]);
    expect((await run(['suppressions', 'lift', ...ada])).exitCode).to.equal(64);
    expect((await run(['suppressions', 'lift', ...ada], { answers: 'y' })).out).to.equal(
      'ada@mail.example is mailed again on broadcast.',
    );
    expect(await mail.suppressions.list()).to.deep.equal([]);
  });

  it('takes every scope as a place, in lists and exports too', async () => {
    const places = ['topic:news', 'all:bulk', 'all:non-essential', 'all:everything'];
    for (const place of places) {
      const words = ['suppressions', 'add', place, 'ada@mail.example', '--note', 'by phone'];
      expect((await json(words)).answer).to.include({ added: true });
      expect((await json(words)).answer).to.include({ added: false });
    }
    const listed = (await run(['suppressions', 'list'])).out;
    for (const place of places) expect(listed).to.include(place);
    const file = path.join(folder(), 'scopes.csv');
    await run(['suppressions', 'export', '--out', file]);
    for (const place of places) {
      const words = ['suppressions', 'lift', place, 'ada@mail.example', '--note', 'x', '--yes'];
      expect((await json(words)).answer).to.include({ lifted: true, still: null });
    }
    const imported = await json(['suppressions', 'import', file, '--note', 'moved', '--yes']);
    expect(imported.answer).to.deep.equal({ added: 4, already: 0, faults: [] });
    for (const { scope, topic, address } of await mail.suppressions.list())
      await mail.suppressions.lift({ scope, address, ...(topic && { topic }) }, 'done');
  });

  it('accepts another server, and refuses a provider that is not there', async () => {
    const away = await run(['suppressions', 'accept-server', 'carrier', '--yes']);
    expect(away.exitCode).to.equal(1);
    expect(away.err).to.include('There is no provider carrier');
  });

  it('takes over an export of its own, line by line', async () => {
    for (const [stream, address] of [
      ['broadcast', 'ada@mail.example'],
      ['outbound', 'grace@mail.example'],
    ] as const)
      await mail.suppressions.add(stream, address, 'asked, twice');
    const file = path.join(folder(), 'all.csv');
    expect((await json(['suppressions', 'export', '--out', file])).answer).to.deep.equal({ file, rows: 2 });
    expect(await readFile(file, 'utf8')).to.match(
      /^\ufeffaddress,scope,.*\r\nada@mail\.example,stream,,broadcast,operator,operator,ManualSuppression,[^,]*,,"asked, twice"/,
    );
    for (const { stream, address } of await mail.suppressions.list())
      await mail.suppressions.lift(stream, address, 'again');
    const words = ['suppressions', 'import', file, '--note', 'moved', '--yes'];
    const looked = await json([...words, '--check']);
    expect(looked.answer).to.deep.equal({ added: 2, already: 0, faults: [] });
    expect(await mail.suppressions.list()).to.deep.equal([]);
    const imported = await json(words);
    expect(imported).to.deep.equal({ exitCode: 0, answer: { added: 2, already: 0, faults: [] } });
    expect((await mail.suppressions.list()).map(one => [one.stream, one.note])).to.deep.equal([
      ['broadcast', 'asked, twice'],
      ['outbound', 'asked, twice'],
    ]);
  });

  it('says which lines of a list it could not take', async () => {
    const file = await put('old.csv', 'Email\nada@mail.example\nno address\n');
    const words = ['suppressions', 'import', file, '--stream', 'broadcast', '--note', 'old', '--yes'];
    const { exitCode, out } = await run(words);
    expect(exitCode).to.equal(1);
    expect(out).to.match(/^1 suppressed, 0 were already; faulty lines: 1\n {2}line 3: /);
  });

  it('refuses in words: streams and columns that are not there, a file that is not, no note, nothing to lift', async () => {
    const file = await put('old.csv', 'Name\nAda\n');
    const bare = await put('bare.csv', 'Email\nada@mail.example\n');
    const note = ['--note', 'x', '--yes'];
    const refusals: [words: string[], exitCode: number, text: RegExp][] = [
      [
        ['add', 'broadcas', 'ada@mail.example', '--note', 'x'],
        64,
        /no stream broadcas; there are broadcast, outbound/,
      ],
      [['add', 'broadcast', 'ada@mail.example'], 64, /required option '--note/],
      [['add', 'broadcast', 'nobody', '--note', 'x'], 1, /address/],
      [['lift', 'broadcast', 'ada@mail.example', ...note], 1, /not suppressed on this stream/],
      [['import', file, '--stream', 'broadcast', ...note], 64, /no column named address or email/],
      [['import', bare, ...note], 64, /no column scope, topic or stream/],
      [['import', bare, '--stream', 'news', ...note], 64, /no stream news/],
      [['import', path.join(folder(), 'gone'), ...note], 64, /cannot be read/],
      [['list', '--limit', 'all'], 64, /whole number/],
    ];
    for (const [words, exitCode, text] of refusals) {
      const ended = await run(['suppressions', ...words]);
      expect(ended.err, words.join(' ')).to.match(text);
      expect(ended.exitCode, words.join(' ')).to.equal(exitCode);
    }
  });
});
