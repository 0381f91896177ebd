import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { restClient, smtpClient } from '../sandbox/clients.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { type Talk, talkTo } from '../support/smtp-talk.ts';

const encode = (text: string): string => Buffer.from(text).toString('base64');
const decode = (reply: string): string => Buffer.from(reply.slice(4), 'base64').toString();

describe("logging in to the sandbox's SMTP", () => {
  let sandbox: Sandbox;
  let talk: Talk;

  beforeEach(async () => {
    sandbox = await createSandbox({ deliveryMs: 0 });
    talk = await talkTo(sandbox.smtpUrl);
    await talk.hear();
    await talk.say('EHLO test');
  });
  afterEach(async () => {
    talk.close();
    await sandbox.close();
  });

  it('takes CRAM-MD5 from the hand', async () => {
    const challenge = decode(await talk.say('AUTH CRAM-MD5'));
    const proof = createHmac('md5', sandbox.token).update(challenge).digest('hex');
    expect(await talk.say(encode(`${sandbox.token} ${proof}`))).to.match(/^235 2\.7\.0/);
    expect(await talk.say('AUTH PLAIN')).to.match(/^503 5\.5\.1/);
  });

  it('takes PLAIN with and without an initial answer, and the user where one is acted for', async () => {
    const { token } = sandbox;
    expect(await talk.say('AUTH PLAIN', encode(`\0${token}\0wrong`))).to.match(/^535/);
    expect(await talk.say('AUTH PLAIN', 'not base64 of three parts')).to.match(/^501/);
    expect(await talk.say(`AUTH PLAIN ${encode(`${token}\0\0${token.toUpperCase()}`)}`)).to.match(/^235/);
  });

  it('takes LOGIN with the user in the first line', async () => {
    expect(decode(await talk.say(`AUTH LOGIN ${encode(sandbox.token)}`))).to.equal('Password:');
    expect(await talk.say(encode(sandbox.token))).to.match(/^235/);
  });

  it('refuses the account token, strangers, and everybody while SMTP is switched off', async () => {
    const open = await createSandbox({ token: 'server', accountToken: 'account' });
    const failure = async (user: string, pass: string): Promise<unknown> => {
      const client = smtpClient(open, { user, pass });
      const error = await client.verify().then(
        () => null,
        (caught: unknown) => caught,
      );
      client.close();
      return error;
    };
    expect(await failure('account', 'account')).to.include({ code: 'EAUTH', responseCode: 535 });
    expect(await failure('nobody', 'server')).to.include({ responseCode: 535 });
    expect(await failure('server', 'server')).to.equal(null);
    await restClient(open).editServer({ SmtpApiActivated: false });
    expect(await failure('server', 'server')).to.include({ responseCode: 535 });
    await open.close();
  });

  describe('with an SMTP token', () => {
    const mail = { from: 'shop@sender.example', to: 'ada@mail.example', subject: 'News', text: 'Hi' };

    it('sends on the stream of the token, whatever the header says', async () => {
      const { accessKey, secretKey } = sandbox.createSmtpToken('broadcast');
      expect(accessKey).to.match(/^PM-B-broadcast-/);
      expect(sandbox.createSmtpToken('outbound').accessKey).to.match(/^PM-T-outbound-/);
      const client = smtpClient(sandbox, { user: accessKey, pass: secretKey });
      await client.sendMail(mail);
      await client.sendMail({ ...mail, headers: { 'X-PM-Message-Stream': 'outbound' } });
      expect(sandbox.messages.all().map(({ stream }) => stream)).to.deep.equal(['broadcast', 'broadcast']);
      client.close();
    });

    it('refuses a wrong secret, and the secret in another case', async () => {
      const { accessKey, secretKey } = sandbox.createSmtpToken('outbound');
      for (const pass of ['wrong', secretKey.toUpperCase(), sandbox.token]) {
        expect(await talk.say(`AUTH PLAIN ${encode(`\0${accessKey}\0${pass}`)}`)).to.match(/^535/);
      }
    });

    it('makes none for an inbound or unknown stream, and no more than ten for one', () => {
      expect(() => sandbox.createSmtpToken('inbound')).to.throw('1457');
      expect(() => sandbox.createSmtpToken('nowhere')).to.throw('1226');
      for (let i = 0; i < 10; i += 1) sandbox.createSmtpToken('broadcast');
      expect(() => sandbox.createSmtpToken('broadcast')).to.throw('1458');
    });
  });
});
