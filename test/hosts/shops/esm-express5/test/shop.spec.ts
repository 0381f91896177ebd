import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import knex from 'knex';
import { createMail, type Mail, MailError } from 'postlane';
import { type Capture, captureMail } from 'postlane/testing';
import config from '../postlane.config.ts';
import { createShop } from '../src/app.ts';
import { placeOrder } from '../src/orders.ts';

const database = process.env.DATABASE_URL ?? '';
const db = knex({ client: 'mysql2', connection: database });
let captured: Capture;
let mail: Mail;
let server: Server;
let base: string;

before(async () => {
  await db.schema.createTable('orders', table => {
    table.increments();
    table.string('email');
  });
  captured = await captureMail();
  mail = await createMail({
    ...config,
    ...captured.options,
    webhookCredentials: ['postmark:a-long-password'],
    logLevel: 'silent',
  });
  server = createShop(mail).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

after(async () => {
  server.close();
  await mail.close();
  await captured.close();
  await db.destroy();
});

/** A browser that keeps its cookies. */
function browser() {
  const cookies = new Map<string, string>();
  return async (path: string, init: RequestInit = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(base + path, {
      redirect: 'manual',
      ...init,
      headers: { ...(init.headers as Record<string, string>), cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return response;
  };
}

/** The values of a form's fields, as a browser would send them. */
function fieldsOf(html: string): URLSearchParams {
  const fields = new URLSearchParams();
  const text = (value: string) =>
    value
      .replaceAll('&quot;', '"')
      .replaceAll('&#x27;', "'")
      .replaceAll('&#39;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&#x3D;', '=')
      .replaceAll('&#61;', '=')
      .replaceAll('&#x60;', '`')
      .replaceAll('&amp;', '&');
  for (const [tag] of html.matchAll(/<input\b[^>]*>/g)) {
    const name = /\bname="([^"]*)"/.exec(tag)?.[1];
    const skipped = /type="(checkbox|radio)"/.test(tag) && !/\bchecked\b/.test(tag);
    if (name && !skipped) fields.append(name, text(/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? ''));
  }
  for (const [, name = '', value = ''] of html.matchAll(
    /<textarea\b[^>]*\bname="([^"]*)"[^>]*>([\s\S]*?)<\/textarea>/g,
  ))
    fields.append(name, text(value.replace(/^\n/, '')));
  for (const [, name = '', body = ''] of html.matchAll(
    /<select\b[^>]*\bname="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g,
  )) {
    const options = [...body.matchAll(/<option\b([^>]*)>([^<]*)/g)];
    const chosen = options.find(([tag]) => /\bselected\b/.test(tag)) ?? options[0];
    fields.append(name, text(/\bvalue="([^"]*)"/.exec(chosen?.[1] ?? '')?.[1] ?? chosen?.[2] ?? ''));
  }
  return fields;
}

test('an order and its mail exist together, or neither does', async () => {
  const id = await placeOrder(db, mail, 'ada@customer.example');
  const sent = await captured.waitFor({ to: 'ada@customer.example' });
  assert.equal(sent.subject, `Your order ${id}`);
  await assert.rejects(placeOrder(db, mail, 'bob@customer.example', { fails: true }), /declined/);
  assert.equal(await db('orders').where({ email: 'bob@customer.example' }).first(), undefined);
  const { messages } = await mail.messages.find({ recipient: 'bob@customer.example' });
  assert.deepEqual(messages, []);
});

test('a wrong option of a send is refused by its name', async () => {
  const input = {
    template: 'password-reset',
    to: 'ada@customer.example',
    data: { resetUrl: 'https://corner.example/r' },
  };
  for (const options of [{ transaction: db }, { trx: null }])
    await assert.rejects(mail.send(input, options as never), (error: unknown) => error instanceof MailError);
  await assert.rejects(mail.send({ ...input, data: { resetUrl: 7 } } as never), { field: 'data.resetUrl' });
});

test('webhooks come through, before the session and the CSRF protection of the shop', async () => {
  await mail.send(
    {
      template: 'password-reset',
      to: 'gone@customer.example',
      data: { resetUrl: 'https://corner.example/r' },
    },
    { wait: true },
  );
  const answer = await fetch(`${base}/mail/webhooks/postmark`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from('postmark:a-long-password').toString('base64')}`,
    },
    body: JSON.stringify({
      RecordType: 'Bounce',
      ID: 42,
      Type: 'HardBounce',
      TypeCode: 1,
      Name: 'Hard bounce',
      Email: 'gone@customer.example',
      From: 'mail@corner.example',
      BouncedAt: new Date().toISOString(),
      Inactive: true,
      CanActivate: true,
      Subject: 'A new password',
      MessageStream: 'outbound',
      ServerID: 1,
      Details: 'No such mailbox',
      Description: 'The server was unable to deliver your message',
      DumpAvailable: false,
      Tag: '',
      Content: '',
      MessageID: '00000000-0000-0000-0000-000000000001',
      Metadata: {},
    }),
  });
  assert.equal(answer.status, 200);
  const refused = await fetch(`${base}/mail/webhooks/postmark`, { method: 'POST', body: '{}' });
  assert.equal(refused.status, 401);
});

test('the pages send people to the shop’s own sign-in, and know them afterwards', async () => {
  const visit = browser();
  const closed = await visit('/mail/');
  assert.deepEqual([closed.status, closed.headers.get('location')], [302, '/sign-in']);
  await visit('/sign-in', { method: 'POST' });
  const page = await visit('/mail/');
  assert.equal(page.status, 200);
  assert.match(await page.text(), /Ada/);
});

test('a template saved behind express.json and express.urlencoded keeps what was typed', async () => {
  const visit = browser();
  await visit('/sign-in', { method: 'POST' });
  const address = '/mail/templates/template:order-confirmation';
  const page = await (await visit(address)).text();
  const form = fieldsOf(/<form class="editor"[\s\S]*?<\/form>/.exec(page)?.[0] ?? '');
  const subject = [...form.keys()].find(name => name.endsWith('[subject]')) ?? '';
  const html = [...form.keys()].find(name => name.endsWith('[html]')) ?? '';
  assert.equal(form.get(subject), 'Your order {{orderNumber}}');
  form.set(subject, 'Thank you for order {{orderNumber}}');
  const saved = await visit(`${address}/draft`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: base },
    body: form.toString(),
  });
  assert.ok(saved.status < 400, `${saved.status} ${await saved.text()}`);
  const draft = fieldsOf(await (await visit(address)).text());
  assert.equal(draft.get(subject), 'Thank you for order {{orderNumber}}');
  assert.equal(draft.get(html), form.get(html));
});

test('the shop’s own forms, pages and errors stay its own', async () => {
  const visit = browser();
  const { token } = (await (await visit('/form')).json()) as { token: string };
  const placed = await visit('/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': token },
    body: JSON.stringify({ items: [{ name: 'Tea' }] }),
  });
  assert.deepEqual(await placed.json(), { items: [{ name: 'Tea' }] });
  const forged = await visit('/orders', { method: 'POST' });
  assert.match(await forged.text(), /^The shop's own page/);
});
