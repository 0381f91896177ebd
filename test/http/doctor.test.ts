import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import express, { type ErrorRequestHandler } from 'express';
import { demoTemplates } from '../../server/demo/templates.ts';
import { createMail } from '../../server/mail/index.ts';
import { examinations } from '../../worker/commands/doctor/index.ts';
import { accountClient, restClient } from '../sandbox/clients.ts';
import { createSandbox } from '../sandbox/index.ts';
import { command } from '../support/command.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { type Clinic, examined, expectBad, openClinic, policyWith } from '../support/doctor.ts';
import { listen } from '../support/http-server.ts';
import { testConfig } from '../support/mail.ts';

/** An address at which nothing listens any more. */
async function nobodyListens(): Promise<string> {
  const { url, close } = await listen(() => {});
  await close();
  return url;
}

const quietly: ErrorRequestHandler = ({ status }, _asked, answered, _next) =>
  void answered.sendStatus(status);

describe('postlane doctor', function () {
  this.timeout(60_000);
  let clinic: Clinic;
  beforeEach(async () => {
    clinic = await openClinic();
  });
  afterEach(() => clinic.close());

  it('finds all well in a healthy set-up, and says so in words', async () => {
    const { exitCode, checks } = await clinic.examine();
    expect(checks.filter(({ ok }) => ok !== true)).to.deep.equal([]);
    expect(checks.map(({ name }) => name)).to.deep.equal(examinations.map(({ name }) => name));
    expect(exitCode).to.equal(0);
    const file = path.join(clinic.folder, 'postlane.config.json');
    const { out } = await command(['doctor', '--config', file], clinic.env);
    expect(out.split('\n')[0]).to.match(/^ok {4}Node\.js +\d+\./);
    expect(out).to.match(/\n\n28 checks: 28 ok, 0 to correct, 0 that do not apply or cannot be seen\.$/);
  });

  describe('where the configuration is wrong', () => {
    it('names the faults and still examines what it can', async () => {
      const seen = await clinic.examine({ MAIL_FROM: 'nobody' });
      expectBad(seen, 'configuration', /MAIL_FROM is not valid/, /postlane\.config/);
      expect(seen.of('database').ok).to.equal(true);
      expect(seen.of('provider token').ok).to.equal(true);
      expect(seen.of('senders')).to.deep.include({ ok: null, found: 'The configuration names no sender.' });
    });

    it('does so where the file of the configuration cannot be loaded', async () => {
      const file = path.join(clinic.folder, 'broken.json');
      await writeFile(file, '{');
      const { exitCode, out } = await command(['doctor', '--json', '--config', file], clinic.env);
      const seen = examined(exitCode, out);
      expectBad(seen, 'configuration', /broken\.json cannot be loaded/, /postlane init/);
      for (const name of ['database', 'provider token', 'SMTP login'])
        expect(seen.of(name).ok, name).to.equal(true);
    });

    it('does so with no configuration at all', async () => {
      const { exitCode, out } = await command(['doctor', '--json'], {});
      expect(exitCode).to.equal(1);
      const { checks } = JSON.parse(out);
      expect(checks).to.have.length(examinations.length);
      expect(checks.find(({ name }: { name: string }) => name === 'database')).to.deep.include({ ok: null });
    });

    it('finds secrets that production lacks', async () => {
      const seen = await clinic.examine({ POSTLANE_SECRET_KEY: '' });
      expectBad(seen, 'secrets', /POSTLANE_SECRET_KEY not given/, /Set POSTLANE_SECRET_KEY/);
    });

    it('finds a route by a transport that is not there', async () => {
      clinic.config.policy = policyWith({ order: { routes: [{ stream: 'outbound', transport: 'relay' }] } });
      expectBad(
        await clinic.examine(),
        'configuration',
        /routes to relay, which is not configured/,
        /Correct/,
      );
    });
  });

  describe('where Postmark does not take our mail', () => {
    it('finds a wrong token', async () => {
      const seen = await clinic.examine({ POSTMARK_SERVER_TOKEN: 'not-a-token-of-anybody' });
      expectBad(seen, 'provider token', /does not accept the server token/, /Server API token/);
      expect(seen.of('streams').ok).to.equal(null);
    });

    it('finds an account token in the place of a server token, and the token for trying', async () => {
      const account = await clinic.examine({ POSTMARK_SERVER_TOKEN: clinic.sandbox.accountToken });
      expectBad(account, 'provider token', /This is an account token/, /Server API token/);
      const trying = await clinic.examine({ POSTMARK_SERVER_TOKEN: 'POSTMARK_API_TEST' });
      expectBad(trying, 'provider token', /no mail is delivered with it/, /Server API token/);
    });

    it('finds that the API cannot be reached', async () => {
      const seen = await clinic.examine({ POSTMARK_API_URL: await nobodyListens() });
      expectBad(seen, 'provider token', /the connection was refused/, /firewall, proxy and DNS/);
    });

    it('waits no longer than its bound for an API that never answers, and examines the rest', async () => {
      const silent = await listen(() => {});
      try {
        const seen = await clinic.examine({ POSTMARK_API_URL: silent.url });
        expectBad(seen, 'provider token', /does not answer in time/, /firewall, proxy and DNS/);
        for (const name of ['database', 'SMTP login', 'worker'])
          expect(seen.of(name).ok, name).to.equal(true);
      } finally {
        await silent.close();
      }
    });

    it('looks at every server, and at the senders of every brand', async () => {
      const { apiUrl, caCertificate: smtpCa } = clinic.sandbox;
      const { ApiTokens } = await accountClient(clinic.sandbox).createServer({ Name: 'Gold' });
      const token = String(ApiTokens[0]);
      const smtpUrl = clinic.sandbox.smtpUrl.replace('//', `//${token}:${token}@`);
      const { POSTMARK_SERVER_TOKEN: first, POSTMARK_SMTP_URL: firstSmtp } = clinic.env;
      clinic.config.servers = {
        postmark: { token: first, apiUrl, smtpUrl: firstSmtp, smtpCa },
        gold: { token, apiUrl, smtpUrl, smtpCa },
      };
      clinic.config.brands = { gold: { from: 'gold@elsewhere.example', server: 'gold' } };
      const seen = await clinic.examine();
      for (const name of ['provider token', 'streams', 'SMTP login'])
        expect(seen.of(name).ok, name).to.equal(true);
      expect(seen.of('streams').found).to.match(
        /broadcast, outbound: .*gold\/broadcast, gold\/outbound: there/,
      );
      expectBad(seen, 'senders', /gold@elsewhere\.example: Postmark has neither/, /Verify the domain/);
      expectBad(seen, 'webhooks', /gold\/outbound: Nothing is posted/, /webhooks setup/);
    });

    it('finds a sandbox server in production', async () => {
      const account = accountClient(clinic.sandbox);
      const { ApiTokens } = await account.createServer({ Name: 'Try', DeliveryType: 'Sandbox' } as never);
      const seen = await clinic.examine({ POSTMARK_SERVER_TOKEN: String(ApiTokens[0]) });
      expectBad(seen, 'provider server', /Try is a sandbox server/, /type Live/);
    });

    it('finds streams that are missing, archived or of the other type', async () => {
      const postmark = restClient(clinic.sandbox);
      await postmark.createMessageStream({ ID: 'old', Name: 'Old', MessageStreamType: 'Broadcasts' });
      await postmark.archiveMessageStream('old');
      // One that the policy does not know: those it has for transactional mail are refused for bulk as soon as it is read.
      await postmark.createMessageStream({
        ID: 'tickets',
        Name: 'Tickets',
        MessageStreamType: 'Transactional',
      });
      const by = (stream: string) => ({ lane: 'bulk', routes: [{ stream, transport: 'postmark-smtp' }] });
      const found: [stream: string, text: RegExp][] = [
        ['news', /Postmark has no stream news/],
        ['old', /Stream old is archived/],
        ['tickets', /Stream tickets is not for bulk mail/],
      ];
      for (const [stream, text] of found) {
        clinic.config.policy = policyWith({ newsletter: by(stream) });
        expectBad(await clinic.examine(), 'streams', text, /Create or unarchive the streams at Postmark/);
      }
    });

    it('finds streams whose mail is unsubscribed from in another way than they are set to', async () => {
      clinic.config.unsubscribe = 'own';
      const asks = /support to approve it, then set .* to Custom, .* Or say provider/;
      expectBad(await clinic.examine(), 'unsubscribing', /On broadcast .*set to Postmark: its link/, asks);
      clinic.config.unsubscribe = { brodcast: 'own' };
      const misspelt = /unsubscribe names brodcast, and Postmark has no such stream/;
      expectBad(await clinic.examine(), 'unsubscribing', misspelt, /Correct the name/);
    });

    it('finds a sender that is not verified: by an account token, or by a refusal', async () => {
      const from = { MAIL_FROM: 'Shop <shop@elsewhere.example>' };
      const neither = /shop@elsewhere\.example: Postmark has neither a signature for it nor the domain/;
      expectBad(await clinic.examine(from), 'senders', neither, /Verify the domain at Postmark/);

      const without = { ...from, POSTMARK_ACCOUNT_TOKEN: '' };
      expect((await clinic.examine(without)).of('senders')).to.deep.include({ ok: null });
      const words = ['send-test', 'password-reset', '--to', 'ada@mail.example', '--wait', '1'];
      await command(words, { ...clinic.env, ...from });
      const refused = /has refused mail for its sender: .*not a Sender Signature/;
      expectBad(await clinic.examine(without), 'senders', refused, /Verify the domain at Postmark/);
    });

    it('finds SMTP refused, a login refused and a certificate that is not trusted', async () => {
      const other = await createSandbox();
      await other.close();
      const { POSTMARK_SMTP_URL: url = '' } = clinic.env;
      const broken: [env: Record<string, string>, text: RegExp, remedy: RegExp][] = [
        [{ POSTMARK_SMTP_URL: 'smtp://a:b@127.0.0.1:9' }, /connection was refused/, /Open the port/],
        [
          { POSTMARK_SMTP_URL: url.replace(/\/\/[^@]+@/, '//nobody:wrong@') },
          /user and password/,
          /Correct the keys/,
        ],
        [{ POSTMARK_SMTP_CA: other.caCertificate }, /certificate is not trusted/, /POSTMARK_SMTP_CA/],
      ];
      for (const [env, text, remedy] of broken)
        expectBad(await clinic.examine(env), 'SMTP login', text, remedy);
    });
  });

  describe('where reports do not come in', () => {
    const atPostmark = async () => {
      const postmark = restClient(clinic.sandbox);
      return { postmark, webhooks: (await postmark.getWebhooks()).Webhooks };
    };

    it('finds webhooks that are missing', async () => {
      const { postmark, webhooks } = await atPostmark();
      for (const { ID } of webhooks) await postmark.deleteWebhook(ID);
      expectBad(
        await clinic.examine(),
        'webhooks',
        /broadcast: Nothing is posted.*outbound:/,
        /webhooks setup/,
      );
    });

    it('finds a webhook for another address, one with a wrong password, and one without all events', async () => {
      const { postmark, webhooks } = await atPostmark();
      const id = webhooks[0]?.ID ?? 0;
      await postmark.editWebhook(id, { Url: 'https://elsewhere.example/hook', Verify: false } as never);
      expectBad(await clinic.examine(), 'webhooks', /Nothing is posted.*Others post to elsewhere/, /setup/);

      const Url = `${clinic.server.url}/webhooks/postmark`;
      const wrong = { Username: 'postmark', Password: 'not-the-password' };
      await postmark.editWebhook(id, { Url, HttpAuth: wrong, Verify: false } as never);
      expectBad(await clinic.examine(), 'webhooks', /a password that is refused here/, /setup/);

      const Triggers = { Bounce: { Enabled: false } };
      await postmark.editWebhook(webhooks[1]?.ID ?? 0, { Triggers });
      expectBad(await clinic.examine(), 'webhooks', /does not report: Bounce/, /setup/);
    });

    it('finds a body parser before the door that refuses large reports', async () => {
      clinic.app = express().use(express.json(), clinic.app, quietly);
      const seen = await clinic.examine();
      expectBad(
        seen,
        'large webhooks',
        /300 kB are refused by a body parser of the host/,
        /^Mount publicRouter above express\.json/,
      );
      expect(seen.of('public URL').ok).to.equal(true);
    });

    it('finds that the public URL is not ours, closed to strangers, or down', async () => {
      const door = clinic.app;
      clinic.app = express();
      expectBad(
        await clinic.examine(),
        'public URL',
        /^Nothing answers at this address \(404\)\.$/,
        /^Mount publicRouter there/,
      );
      clinic.app = express().use((_asked, answered) => void answered.sendStatus(403), door);
      expectBad(
        await clinic.examine(),
        'public URL',
        /answers 403/,
        /^Mount publicRouter before the host's sign-in and CSRF/,
      );
      clinic.config.publicUrl = await nobodyListens();
      expectBad(await clinic.examine(), 'public URL', /nothing listens there/, /Start the app/);
      clinic.config.publicUrl = undefined;
      expectBad(await clinic.examine(), 'public URL', /Nobody said/, /Set publicUrl/);
    });

    it('finds that nothing was reported of mail that was handed over', async () => {
      const db = testDatabase();
      const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);
      await db('postlane_events').update({ received_at: ago(5) });
      await db('postlane_messages').update({ state: 'sent', sent_at: ago(3) });
      expectBad(
        await clinic.examine(),
        'recent events',
        /came 5 h ago, but mail .* 3 h ago/,
        /postlane reconcile/,
      );
    });
  });

  describe('where the operation is not sound', () => {
    it('finds clocks that differ by minutes', async () => {
      const seen = await clinic.examine({}, () => new Date(Date.now() + 5 * 60_000));
      expectBad(seen, 'database clock', /is 5 min behind this machine/, /NTP/);
      expectBad(seen, 'provider clock', /Postmark is 5 min behind this machine/, /NTP/);
    });

    it('finds that no worker runs', async () => {
      await clinic.worker.stop();
      const past = new Date(Date.now() - 10 * 60_000);
      const seen = { locked_at: null, last_run_at: past, last_finished_at: past };
      await testDatabase()('postlane_agenda_jobs').update(seen);
      expectBad(await clinic.examine(), 'worker', /Last seen 10 min ago/, /postlane worker/);
    });

    it('finds open alerts', async () => {
      await clinic.worker.stop();
      const due = { state: 'queued', due_at: new Date(Date.now() - 3_600_000) };
      await testDatabase()('postlane_messages').update(due);
      expectBad(await clinic.examine(), 'alerts', /has been due for/, /postlane status/);
    });

    it('finds the brand of the demo, and templates that were never pushed', async () => {
      const brand = path.join(clinic.folder, 'templates/brand.json');
      await cp(path.join(demoTemplates, 'brand.json'), brand);
      // As before it was production, which refuses to publish it.
      const folder = path.join(clinic.folder, 'templates');
      const before = await createMail(
        { ...testConfig(), templates: folder, migrate: false },
        { role: 'command' },
      );
      await before.templates.files.import();
      await before.close();
      expectBad(await clinic.examine(), 'brand', /The brand's name is still Alder & Finch/, /brand\.json/);
      clinic.config.brands = {
        outlet: { from: 'mail@example.com', values: { name: 'Your Brand' } },
      };
      const ofBrands = /brands\.outlet\.from .*brands\.outlet\.values\.name is still Your Brand/;
      expectBad(await clinic.examine(), 'brand', ofBrands, /domain of your own/);
      await emptyTables(testDatabase());
      expectBad(await clinic.examine(), 'templates', /None is published/, /templates push/);
    });

    it('finds templates of unknown categories, and bulk mail without consent', async () => {
      const { newsletter, ...rest } = policyWith({
        announcement: { lane: 'bulk', consent: 'none' },
      }).categories;
      clinic.config.policy = { categories: rest };
      const seen = await clinic.examine();
      expectBad(seen, 'templates', /newsletter \(newsletter\)/, /Add the category to the policy/);
      expectBad(seen, 'consent', /without consent: announcement/, /'opt-in' or 'opt-out'/);
      expect(newsletter).to.deep.equal({ lane: 'bulk' });
    });
  });
});
