import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import nodemailer10, { type SendMailOptions, type Transporter } from 'nodemailer';
import {
  type Mail,
  MailError,
  type PostlaneSendError,
  type PostlaneSentInfo,
  type PostlaneTransportOptions,
  postlaneFields,
  postlaneTransport,
} from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { openMail } from '../support/mail.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';

const nodemailer6 = createRequire(import.meta.url)('nodemailer6') as typeof nodemailer10;
const versions = { 'nodemailer 10': nodemailer10, 'nodemailer 6': nodemailer6 };
const wait = postlaneFields({ wait: true });
const old: SendMailOptions = {
  from: 'Test Shop <shop@sender.example>',
  to: 'ada@mail.example',
  subject: 'Your order',
  html: '<p>On its <a href="/orders">way</a>.</p>',
};

for (const [name, nodemailer] of Object.entries(versions)) {
  describe(`old sendMail calls, by ${name}`, () => {
    const db = testDatabase();
    const api = createScriptedTransport('postmark-api');
    let mail: Mail;
    let folder: string;
    let transporter: Transporter<PostlaneSentInfo>;

    const through = (options: Partial<PostlaneTransportOptions> = {}) =>
      nodemailer.createTransport(postlaneTransport(mail, { category: 'order', ...options }));
    const sent = async (over: SendMailOptions = {}) => {
      await transporter.sendMail({ ...old, ...over, ...wait });
      return api.given.at(-1);
    };
    const fault = async (over: SendMailOptions, by = transporter): Promise<PostlaneSendError> =>
      by.sendMail({ ...old, ...over }).then(
        () => expect.fail('It was accepted.'),
        (error: PostlaneSendError) => error,
      );

    before(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'postlane-files-'));
      await writeFile(path.join(folder, 'terms.txt'), 'the terms');
      mail = await openMail({ transports: [api] });
      transporter = through();
    });
    beforeEach(async () => {
      api.given.length = 0;
      await db('postlane_messages').delete();
    });
    after(async () => {
      await mail.close();
      await rm(folder, { recursive: true, force: true });
    });

    it('are on the ledger, and answered in nodemailer’s shape', async () => {
      const info = await transporter.sendMail({ ...old, cc: 'Bob <bob@mail.example>', ...wait });
      expect(info).to.deep.include({
        accepted: ['ada@mail.example', 'bob@mail.example'],
        rejected: [],
        envelope: { from: 'shop@sender.example', to: ['ada@mail.example', 'bob@mail.example'] },
        messageId: `<${info.postlaneId}@sender.example>`,
        response: `250 Accepted as ${info.postlaneId} (sent)`,
        repeated: false,
      });
      expect(await mail.messages.get(info.postlaneId)).to.deep.include({
        state: 'sent',
        category: 'order',
        subject: 'Your order',
      });
      expect(api.given[0]).to.deep.include({ html: old.html, text: 'On its way [/orders].\n' });
    });

    it('answer a callback', async () => {
      const info = await new Promise<PostlaneSentInfo>((resolve, reject) =>
        transporter.sendMail(old, (error, found) => (error ? reject(error) : resolve(found))),
      );
      expect(info.postlaneId).to.match(/^[0-9a-f-]{36}$/);
      const error = await new Promise<Error | null>(resolve =>
        transporter.sendMail({ ...old, to: 'nobody' }, found => resolve(found)),
      );
      expect(error).to.be.instanceOf(Error);
    });

    it('name recipients in all forms', async () => {
      const envelope = await sent({
        to: 'Ada <ada@mail.example>, "Doe, Jane" <jane@mail.example>',
        cc: [{ name: 'Bob', address: 'bob@mail.example' }, 'eve@mail.example'],
        bcc: 'Team: one@mail.example, two@mail.example;',
        replyTo: { name: 'Help', address: 'help@shop.example' },
      });
      expect(envelope?.to).to.deep.equal({ email: 'ada@mail.example', name: 'Ada' });
      expect(envelope?.cc).to.deep.equal([
        { email: 'jane@mail.example', name: 'Doe, Jane' },
        { email: 'bob@mail.example', name: 'Bob' },
        { email: 'eve@mail.example' },
      ]);
      expect(envelope?.bcc.map(({ email }) => email)).to.deep.equal(['one@mail.example', 'two@mail.example']);
      expect(envelope?.replyTo).to.deep.equal([{ email: 'help@shop.example', name: 'Help' }]);
    });

    it('bring bodies from text, bytes, a stream and a file', async () => {
      const file = path.join(folder, 'terms.txt');
      expect(
        await sent({
          html: Readable.from([Buffer.from('<p>st'), Buffer.from('ream</p>')]),
          text: { path: file },
        }),
      ).to.include({
        html: '<p>stream</p>',
        text: 'the terms',
      });
      expect(await sent({ html: Buffer.from('<p>é</p>'), text: 'x' })).to.include({ html: '<p>é</p>' });
      expect(await sent({ html: '', text: 'only text' })).to.include({ html: '', text: 'only text' });
    });

    it('bring files from everywhere', async () => {
      const envelope = await sent({
        attachments: [
          { path: path.join(folder, 'terms.txt') },
          { filename: 'stream.csv', content: Readable.from([Buffer.from('a,'), Buffer.from('b')]) },
          { filename: 'bytes.bin.txt', content: Buffer.from([0, 255]) },
          { filename: 'text.txt', content: 'plain é' },
          { filename: 'encoded.txt', content: 'aGk=', encoding: 'base64' },
          { filename: 'logo.png', path: 'data:image/png;base64,iVBORw0K', cid: 'logo' },
          { path: 'data:text/plain,hello%20there' },
        ],
      });
      const files = envelope?.attachments.map(({ name, content, contentType, contentId }) => [
        ...[name, content.toString('hex'), contentType, contentId ?? null],
      ]);
      const hex = (text: string) => Buffer.from(text).toString('hex');
      expect(files).to.deep.equal([
        ['terms.txt', hex('the terms'), 'text/plain', null],
        ['stream.csv', hex('a,b'), 'text/csv', null],
        ['bytes.bin.txt', '00ff', 'text/plain', null],
        ['text.txt', hex('plain é'), 'text/plain', null],
        ['encoded.txt', hex('hi'), 'text/plain', null],
        ['logo.png', '89504e470d0a', 'image/png', 'logo'],
        [files?.[6]?.[0], hex('hello there'), 'text/plain', null],
      ]);
      expect((await fault({ attachments: [{ path: path.join(folder, 'gone.txt') }] })).message).to.match(
        /ENOENT/,
      );
      expect(await fault({ attachments: [{ filename: 'x.exe', content: 'x' }] })).to.include({
        code: 'EMESSAGE',
        postlaneCode: 'forbidden-attachment',
        field: 'attachments[0].name',
      });
    });

    it('turn pictures in the HTML into files where nodemailer is told to', async () => {
      const html = '<img src="data:image/png;base64,iVBORw0K">';
      const envelope = await sent({ html, attachDataUrls: true });
      expect(envelope?.html).to.match(/^<img src="cid:[^"]+">$/);
      expect(envelope?.attachments[0]).to.include({ contentType: 'image/png' });
    });

    it('bring headers, priority and threads', async () => {
      const envelope = await sent({
        headers: { 'X-Order': '1', 'X-Prepared': { prepared: true, value: 'x' }, 'X-One': ['only'] },
        priority: 'high',
        inReplyTo: 'a@x.example',
        references: ['<a@x.example>', 'b@x.example'],
      });
      expect(envelope?.headers).to.deep.include({
        'X-Order': '1',
        'X-Prepared': 'x',
        'X-One': 'only',
        Importance: 'High',
        'In-Reply-To': '<a@x.example>',
        References: '<a@x.example> <b@x.example>',
      });
      expect((await sent({ headers: [{ key: 'X-Order', value: '2' }] }))?.headers).to.include({
        'X-Order': '2',
      });
      expect(await fault({ headers: { 'X-Two': ['1', '2'] } })).to.include({ field: 'headers.X-Two' });
      expect(await fault({ headers: { 'List-Unsubscribe': '<https://x.example>' } })).to.include({
        field: 'headers.List-Unsubscribe',
      });
    });

    it('bring an event of a calendar as a file', async () => {
      const ics = 'BEGIN:VCALENDAR\r\nEND:VCALENDAR';
      const event = await sent({ icalEvent: { method: 'request', content: ics, filename: 'meet.ics' } });
      expect(event?.attachments[0]).to.include({
        name: 'meet.ics',
        contentType: 'text/calendar; charset=utf-8; method=REQUEST',
      });
      const contentType = 'text/calendar; method=CANCEL';
      const other = await sent({ alternatives: [{ contentType, content: ics }] });
      expect(other?.attachments[0]?.contentType).to.match(/method=CANCEL$/);
      expect(other?.attachments[0]?.content.toString()).to.equal(ics);
      const html = await sent({
        html: undefined,
        text: 'x',
        alternatives: [{ contentType: 'text/html', content: '<p>y</p>' }],
      });
      expect(html?.html).to.equal('<p>y</p>');
      expect(
        await fault({ alternatives: [{ contentType: 'text/x-web-markdown', content: '*x*' }] }),
      ).to.include({
        field: 'alternatives[0]',
      });
    });

    it('are refused in words where they would be sent otherwise than meant', async () => {
      const wrong: [SendMailOptions, field: string][] = [
        [{ raw: 'From: x' }, 'raw'],
        [{ messageId: '<a@b.example>' }, 'messageId'],
        [{ date: new Date() }, 'date'],
        [{ amp: '<html amp4email></html>' }, 'amp'],
        [{ list: { help: 'help@shop.example' } }, 'list'],
        [{ sender: 'other@sender.example' }, 'sender'],
        [{ envelope: { from: 'shop@sender.example', to: 'hidden@mail.example' } }, 'envelope.to'],
        [{ envelope: { from: 'bounce@other.example', to: 'ada@mail.example' } }, 'envelope.from'],
        [{ attachments: [{ raw: 'Content-Type: text/plain\r\n\r\nx' }] }, 'attachments[0].raw'],
        [{ subject: '' }, 'subject'],
        [{ html: undefined }, 'html'],
        [{ html: '<a href="javascript:x">x</a>' }, 'html'],
      ];
      for (const [over, field] of wrong) {
        const error = await fault(over);
        expect(error, field).to.include({ field, code: 'EMESSAGE', command: 'API' });
        expect(error.message.length, field).to.be.greaterThan(20);
      }
      expect(await db('postlane_messages')).to.deep.equal([]);
      await sent({ envelope: { from: 'shop@sender.example', to: ['Ada@mail.example'] } });
    });

    it('fail as nodemailer’s users expect it', async () => {
      const error = await fault({ to: 'nobody@@mail' });
      expect(error).to.include({ code: 'EENVELOPE', command: 'API', postlaneCode: 'invalid-address' });
      expect(error.field).to.match(/^to\[0\]/);
      expect(error.cause).to.be.instanceOf(MailError);
      expect(await fault({ to: Array.from({ length: 51 }, (_, i) => `p${i}@mail.example`) })).to.include({
        code: 'EENVELOPE',
        postlaneCode: 'too-many-recipients',
      });
      expect(await fault({ to: undefined, bcc: 'ada@mail.example' })).to.include({ code: 'EENVELOPE' });
    });

    it('come from the sender of the category, and say so otherwise', async () => {
      expect((await sent({ from: undefined }))?.from.email).to.equal('shop@sender.example');
      expect((await sent({ from: 'Other Name <SHOP@sender.example>' }))?.from).to.deep.equal({
        email: 'shop@sender.example',
        name: 'Test Shop',
      });
      const other = { from: 'Grace <grace@shop.example>' };
      expect(await fault(other)).to.include({ field: 'from' });
      const lenient = through({ otherSenders: 'reply-to' });
      await lenient.sendMail({ ...old, ...other, ...wait });
      expect(api.given.at(-1)).to.deep.include({ replyTo: [{ email: 'grace@shop.example', name: 'Grace' }] });
      await lenient.sendMail({ ...old, ...other, replyTo: 'x@shop.example', ...wait });
      expect(api.given.at(-1)).to.deep.include({ replyTo: [{ email: 'x@shop.example' }] });
      expect(await fault({}, through({ category: 'nothing' }))).to.include({
        postlaneCode: 'unknown-category',
      });
    });

    it('say more to the ledger in a field of their own', async () => {
      const fields = postlaneFields({
        idempotencyKey: 'order-1',
        metadata: { order: '1' },
        tag: 'orders',
        category: 'receipt',
      });
      const first = await transporter.sendMail({ ...old, ...fields });
      const again = await transporter.sendMail({ ...old, ...fields });
      expect(again).to.include({ postlaneId: first.postlaneId, repeated: true });
      expect(await mail.messages.get(first.postlaneId)).to.deep.include({
        category: 'receipt',
        tag: 'orders',
        metadata: { order: '1' },
      });
      expect(await fault({ ...fields, subject: 'Another' })).to.include({
        postlaneCode: 'idempotency-conflict',
      });
      const undone = db.transaction(async trx => {
        await transporter.sendMail({ ...old, ...postlaneFields({ trx, tag: 'undone' }) });
        throw new Error('undo');
      });
      await undone.catch(() => undefined);
      expect(await db('postlane_messages').where({ tag: 'undone' })).to.deep.equal([]);
      const misspelt = await fault({ ...old, ...({ postlane: { metdata: {} } } as object) });
      expect(misspelt.message).to.match(/did you mean metadata/);
    });

    it('are verified, and closed without closing the module', async () => {
      expect(await transporter.verify()).to.equal(true);
      transporter.close();
      await mail.ping();
    });
  });
}
