import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { useCommandMail } from '../support/command-mail.ts';
import { newsletterData } from '../support/inputs.ts';
import { useTempFolder } from '../support/temp-folder.ts';

describe('the command postlane campaign', () => {
  const { mail, run, json, sandbox } = useCommandMail();
  const { folder, put } = useTempFolder();

  const list =
    'email,name\nada@mail.example,Ada\ngrace@mail.example,Grace\nno address,Nobody\nada@mail.example,Ada\n';
  const create = async (file: string, ...more: string[]) => {
    const data = await put('data.json', JSON.stringify(newsletterData));
    const words = ['--name', 'May news', '--template', 'newsletter', '--topic', 'news', '--data', data];
    return json(['campaign', 'create', ...words, '--recipients', file, ...more]);
  };

  it('makes a draft of a CSV, plans, launches after a yes, and writes the results', async () => {
    const created = await create(await put('people.csv', list));
    expect(created.exitCode).to.equal(0);
    const { id, ...counts } = created.answer;
    expect(counts).to.deep.include({ taken: true, lines: 4, added: 2, duplicates: 1, rejected: 1 });
    expect(counts.errors).to.have.length(1);
    expect(counts.errors[0].line).to.equal(4);

    expect((await json(['campaign', 'plan', id])).answer).to.deep.include({ audience: 2, willReceive: 2 });
    expect((await run(['campaign', 'launch', id], { answers: 'no' })).err).to.match(
      /Launch May news\? Of 2 recipients 2 will receive it[\s\S]*Nothing was done\./,
    );
    expect((await mail.campaigns.get(id)).state).to.equal('draft');
    const launched = await run(['campaign', 'launch', id], { answers: 'yes' });
    expect(launched).to.deep.include({ exitCode: 0, out: 'May news is scheduled.' });
    await mail.work.expandCampaigns();
    await mail.work.deliverDue('bulk');
    await sandbox.idle();
    expect(sandbox.copiesByRecipient().size).to.equal(2);

    const file = path.join(folder(), 'results.csv');
    expect((await json(['campaign', 'results', id, '--out', file])).answer).to.deep.equal({
      id,
      file,
      rows: 2,
    });
    const rows = (await readFile(file, 'utf8')).split('\r\n');
    expect(rows[1]).to.match(/^ada@mail\.example,Ada,sent,/);
    expect((await run(['campaign', 'show', id])).out).to.match(
      /^May news .*\n[\s\S]*2 recipients, 2 messages made/,
    );
    expect((await json(['campaign', 'list'])).answer).to.have.length(1);
  });

  it('takes a list of JSON, and nobody of a faulty one when told so', async () => {
    const people = [{ email: 'ada@mail.example', name: 'Ada' }, { email: 'nobody' }];
    const file = await put('people.json', JSON.stringify(people));
    const refused = await create(file, '--refuse-faulty');
    expect(refused.exitCode).to.equal(1);
    expect(refused.answer).to.deep.include({ taken: false, added: 0, rejected: 1 });
    expect(refused.answer.errors[0].line).to.equal(2);
    const taken = await create(file);
    expect(taken.answer).to.deep.include({ taken: true, added: 1, rejected: 1 });
  });

  it('pauses, resumes, retries what failed and cancels', async () => {
    const { id } = (await create(await put('people.csv', list))).answer;
    await mail.campaigns.launch(id);
    expect((await run(['campaign', 'pause', id])).out).to.equal('May news is paused.');
    expect((await run(['campaign', 'resume', id])).out).to.equal('May news is scheduled.');
    expect(await run(['campaign', 'retry-failed', id, '--yes'])).to.deep.include({
      exitCode: 1,
      err: 'None of its messages has failed.',
    });
    sandbox.faults.add({ where: 'smtp:rcpt', kind: 'smtp-550', matching: 'ada@mail.example' });
    await mail.work.expandCampaigns();
    await mail.work.deliverDue('bulk');
    sandbox.faults.clear();
    const retried = await json(['campaign', 'retry-failed', id, '--yes']);
    expect(retried).to.deep.equal({ exitCode: 0, answer: { id, retried: 1 } });
    expect((await json(['campaign', 'cancel', id, '--yes'])).answer.state).to.equal('cancelled');
  });

  it('refuses in words: no yes, no such campaign, no file, no column, a wrong state', async () => {
    const { id } = (await create(await put('people.csv', list))).answer;
    const gone = '0197c0de-0000-7000-8000-000000000000';
    const file = await put('odd.csv', 'first,last\nAda,Lovelace\n');
    const data = await put('list.json', '[1]');
    const base = ['campaign', 'create', '--name', 'x', '--template', 'newsletter', '--recipients'];
    const refusals: [words: string[], exitCode: number, text: RegExp][] = [
      [['campaign', 'launch', id], 64, /Nobody can be asked here: say --yes/],
      [['campaign', 'cancel', id], 64, /Nobody can be asked here: say --yes/],
      [['campaign', 'show', gone], 1, /^There is no such campaign\.$/],
      [['campaign', 'pause', id], 1, /^A campaign that is draft cannot be paused\.$/],
      [['campaign', 'results', id, '--out', path.join(folder(), 'no/such/folder')], 64, /cannot be written/],
      [[...base, path.join(folder(), 'gone.csv')], 64, /gone\.csv cannot be read/],
      [[...base, file], 1, /^There is no column named email/],
      [[...base, file, '--data', data], 64, /holds no JSON object/],
      [[...base, file, '--send-at', 'soon'], 64, /It must be a date and time/],
      [[...base.with(5, 'password-reset'), file], 1, /^password-reset is transactional/],
      [['campaign', 'create', '--name', 'x'], 64, /required option '--template/],
    ];
    for (const [words, exitCode, text] of refusals) {
      const ended = await run(words);
      expect(ended.err, words.join(' ')).to.match(text);
      expect(ended.exitCode, words.join(' ')).to.equal(exitCode);
      expect(ended.err, words.join(' ')).not.to.match(/^\s+at /m);
    }
  });
});
