import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { sandboxEnv } from '../support/command.ts';
import { useCommandMail } from '../support/command-mail.ts';
import { testDatabase } from '../support/database.ts';
import { type HttpServer, listen } from '../support/http-server.ts';
import { resetInput } from '../support/inputs.ts';
import { useTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { webhookApp } from '../support/webhook-app.ts';

describe('the commands that look after a running Postlane', () => {
  const { mail, run, json, sandbox, client } = useCommandMail({
    WEBHOOK_CREDENTIALS: 'postmark:old-password',
  });
  const { put } = useTempFolder();

  describe('postlane status', () => {
    it('tells of the queue, its oldest, alerts, the worker, reconciliation, templates and streams', async () => {
      await mail.send({ ...resetInput(), sendAt: new Date(Date.now() + 3_600_000) });
      const { id } = await mail.send(resetInput());
      const hourAgo = new Date(Date.now() - 3_600_000);
      await testDatabase()('postlane_messages').where({ id }).update({ state: 'queued', due_at: hourAgo });
      await mail.work.reconcile();
      const { exitCode, answer } = await json(['status']);
      expect(exitCode).to.equal(0);
      expect(
        answer.queue.map(({ state, count }: { state: string; count: number }) => [state, count]),
      ).to.deep.equal([
        ['queued', 2],
        ['sending', 0],
        ['unknown', 0],
        ['held', 0],
      ]);
      expect(answer.due[0]).to.deep.include({ stream: 'outbound', lane: 'transactional' });
      expect(answer.alerts.map(({ kind }: { kind: string }) => kind)).to.deep.equal(['queue']);
      expect(answer.worker).to.deep.equal({ alive: false, seenAt: null });
      expect(answer.reconciliations).to.have.length(2);
      expect(answer.templates).to.include('password-reset');
      const { out } = await run(['status']);
      expect(out).to.match(/^Worker: not running \(no job ever ran\)\nProcesses: 0 apps, 0 workers\n/);
      expect(out).to.match(/outbound +transactional +oldest due for 60 min/);
      expect(out).to.match(/Alerts\n {2}A message on stream outbound has been due for/);
    });
  });

  describe('postlane send-test', () => {
    it('sends the sample by the road of real mail and prints how it went', async () => {
      const { exitCode, answer } = await json(['send-test', 'password-reset', '--to', 'ada@mail.example']);
      expect(exitCode).to.equal(0);
      expect(answer).to.deep.include({ state: 'sent', stream: 'outbound', transport: 'postmark-api' });
      expect(answer.timeline.map(({ what }: { what: string }) => what)).to.deep.equal([
        'accepted',
        'handed-over',
        'answered',
      ]);
      expect(sandbox.copiesByRecipient().get('ada@mail.example')).to.equal(1);
    });

    it('takes data of a file, and says why nothing came of it', async () => {
      const data = await put('reset.json', '{"resetUrl":"https://shop.example/r/9","expiresInMinutes":5}');
      await mail.suppressions.add('outbound', 'ada@mail.example', 'asked');
      const words = ['send-test', 'password-reset', '--to', 'ada@mail.example', '--data', data];
      const { exitCode, out } = await run(words);
      expect(exitCode).to.equal(1);
      expect(out).to.match(/: suppressed \(.*\nIt was not sent/);
    });

    it('waits for bulk mail no longer than it was told, and asks for the worker', async () => {
      const { exitCode, out } = await run([
        'send-test',
        'newsletter',
        '--to',
        'ada@mail.example',
        '--wait',
        '1',
      ]);
      expect(exitCode).to.equal(1);
      expect(out).to.match(/: queued\nIt still waits\. .*is one running\?/);
    });

    it('refuses in words: no such template, wrong data, no address', async () => {
      const wrong = await put('wrong.json', '{"resetUrl":7}');
      const broken = await put('broken.json', '{');
      const to = ['--to', 'ada@mail.example'];
      const refusals: [words: string[], exitCode: number, text: RegExp][] = [
        [['no-such', ...to], 1, /No template no-such is published; there are .*password-reset/],
        [['password-reset', ...to, '--data', wrong], 1, /resetUrl|expiresInMinutes/],
        [['password-reset', ...to, '--data', broken], 64, /is not JSON/],
        [['password-reset', ...to, '--data', `${broken}x`], 64, /cannot be read/],
        [['password-reset', '--to', 'ada'], 1, /address/],
        [['password-reset'], 64, /required option '--to/],
      ];
      for (const [words, exitCode, text] of refusals) {
        const ended = await run(['send-test', ...words]);
        expect(ended.err, words.join(' ')).to.match(text);
        expect(ended.exitCode, words.join(' ')).to.equal(exitCode);
      }
    });

    it('ends at Ctrl-C', async () => {
      const stopping = new AbortController();
      setTimeout(() => stopping.abort(), 500);
      const words = ['send-test', 'newsletter', '--to', 'ada@mail.example', '--wait', '60'];
      const ended = await run(words, { signal: stopping.signal });
      expect(ended).to.deep.include({ exitCode: 130, err: 'Stopped.' });
    });
  });

  it('as a process, ends at the first Ctrl-C with 130 and leaves what it accepted to the worker', async () => {
    const cli = fileURLToPath(new URL('../../worker/cli.ts', import.meta.url));
    const words = ['send-test', 'newsletter', '--to', 'ada@mail.example', '--wait', '60'];
    const child = spawn(process.execPath, ['--import', 'tsx', cli, ...words], {
      env: { PATH: process.env.PATH, ...sandboxEnv(sandbox) },
    });
    const ended = once(child, 'exit');
    const said = text(child.stderr);
    await until('the message is accepted', async () => {
      const { messages } = await mail.messages.find({ recipient: 'ada@mail.example' });
      return messages.length === 1 || `${messages.length} messages`;
    });
    child.kill('SIGINT');
    expect(await ended).to.deep.equal([130, null]);
    expect(await said).to.equal('Stopped.\n');
    expect((await mail.messages.find({ state: 'queued' })).messages).to.have.length(1);
  }).timeout(60_000);

  describe('postlane reconcile', () => {
    it('repairs what differed and prints it', async () => {
      await client.createSuppressions('outbound', { Suppressions: [{ EmailAddress: 'ada@mail.example' }] });
      const { exitCode, out } = await run(['reconcile']);
      expect(exitCode).to.equal(0);
      expect(out).to.match(
        /outbound, \d{4}-\d\d-\d\d: 0 of 0 bounces were missing, 1 of 1 suppressions differed\./,
      );
      expect(out).to.match(/ada@mail\.example/);
      expect(await mail.suppressions.list({ address: 'ada@mail.example' })).to.have.length(1);
    });

    it('ends with 1 where a stream could not be read', async () => {
      sandbox.faults.add({ where: 'GET /bounces', kind: 'status', status: 422 });
      const { exitCode, answer } = await json(['reconcile']);
      expect(exitCode).to.equal(1);
      expect(answer[0].problem).to.be.a('string');
    });
  });

  describe('postlane webhooks', () => {
    let server: HttpServer;
    beforeEach(async () => {
      server = await listen((asked, answered) => webhookApp(mail)(asked, answered));
      for (const { ID } of (await client.getWebhooks()).Webhooks) await client.deleteWebhook(ID);
    });
    afterEach(() => server.close());

    it('sets them up after a yes, and then finds them right', async () => {
      const url = ['--url', server.url];
      const before = await json(['webhooks', 'check', ...url]);
      expect(before.exitCode).to.equal(1);
      expect(before.answer[0].streams.map(({ state }: { state: string }) => state)).to.deep.equal([
        'missing',
        'missing',
      ]);
      expect((await run(['webhooks', 'setup', ...url])).err).to.contain('--yes');
      expect(await run(['webhooks', 'setup', ...url, '--yes'])).to.deep.include({
        exitCode: 0,
        out: 'broadcast: set up.\noutbound: set up.',
      });
      expect((await run(['webhooks', 'check', ...url])).out).to.match(
        /broadcast: right\n {2}outbound: right$/,
      );
      expect((await run(['webhooks', 'show', ...url])).out).to.match(
        /1 passwords in the configuration, 1 made here\.$/,
      );
    });

    it('makes, lists and removes passwords', async () => {
      const { answer } = await json(['webhooks', 'passwords', 'add']);
      expect((await run(['webhooks', 'passwords', 'list'])).out).to.match(/^\d+ +postmark +used never +cli$/);
      expect(await mail.webhookPasswords.accepts(answer.user, answer.password)).to.equal(true);
      const id = String(answer.id);
      expect((await run(['webhooks', 'passwords', 'remove', id])).exitCode).to.equal(64);
      expect((await run(['webhooks', 'passwords', 'remove', id, '--yes'])).exitCode).to.equal(0);
      expect((await run(['webhooks', 'passwords', 'remove', id, '--yes'])).err).to.match(
        /already been removed/,
      );
    });

    it('refuses a stream that is not there, and says so when Postmark cannot be asked', async () => {
      const words = ['webhooks', 'setup', '--stream', 'news', '--yes'];
      expect((await run(words)).err).to.equal('There is no stream news; there are broadcast, outbound.');
      sandbox.faults.add({ where: 'GET /webhooks', kind: 'status', status: 500 });
      const { exitCode, out } = await run(['webhooks', 'check']);
      expect(exitCode).to.equal(1);
      expect(out).to.match(/Postmark has trouble of its own/);
    });
  });
});
