/** The files of a small host: what it sends, and what its tests in each runner say of it. */
export const shop: Readonly<Record<string, string>> = {
  'postlane.config.json': JSON.stringify({ from: 'Shop <shop@example.com>', templates: 'templates' }),
  'templates/brand.json': JSON.stringify({ name: 'Shop' }),
  'templates/welcome/template.json': JSON.stringify({
    category: 'account',
    layout: 'none',
    description: 'Says hello.',
    data: { name: { type: 'string', max: 100 } },
    sample: { name: 'Ada' },
  }),
  'templates/welcome/subject.hbs': 'Welcome, {{name}}',
  'templates/welcome/text.hbs': 'Good that you are here, {{name}}.',
  // Compiled and checked in a thread when it is published.
  'templates/welcome/html.mjml': `<mjml lang="en"><mj-body><mj-section><mj-column>
    <mj-text>Good that you are here, {{name}}.</mj-text>
  </mj-column></mj-section></mj-body></mjml>`,
  'shop.cjs': `
    const { createServer } = require('node:http');
    const { MailError } = require('postlane');
    const { mailRouter } = require('postlane/express');
    const { captureMail } = require('postlane/testing');

    exports.play = async function () {
      const captured = await captureMail();
      try {
        const mail = await captured.mail();
        const refused = await mail.send({ template: 'nothing', to: 'ada@example.com' }).catch(error => error);
        await mail.send({ template: 'welcome', to: 'ada@example.com', data: { name: 'Ada' } });
        const { html } = await captured.waitFor({ to: 'ada@example.com' });
        const router = mailRouter(mail, { authenticate: () => true, database: process.env.DATABASE_URL });
        const pages = await get(router, ['/assets/admin.css', '/messages', '/jobs', '/jobs/agendash/']);
        return { isMailError: refused instanceof MailError, html, ...pages };
      } finally {
        await captured.close();
      }
    };

    async function get(router, paths) {
      const server = createServer((request, response) => router(request, response, () => response.writeHead(404).end()));
      await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
      const address = 'http://127.0.0.1:' + server.address().port;
      try {
        const answers = await Promise.all(paths.map(path => fetch(address + path)));
        return { status: answers.map(({ status }) => status), css: await answers[0].text() };
      } finally {
        server.closeAllConnections();
        await new Promise(resolve => server.close(resolve));
      }
    }
  `,
  'expected.cjs': `
    const assert = require('node:assert');
    exports.check = ({ isMailError, html, status, css }) => {
      assert.ok(isMailError);
      assert.match(html, /Good that you are here, Ada/);
      assert.match(html, /role="presentation"/);
      assert.deepEqual(status, [200, 200, 200, 200]);
      assert.match(css, /--/);
    };
  `,
  'jest/shop.test.js': `
    const { play } = require('../shop.cjs');
    test('sends', async () => require('../expected.cjs').check(await play()), 60_000);
  `,
  'mocha/shop.test.mjs': `
    import { MailError } from 'postlane';
    import { createRequire } from 'node:module';
    import shop from '../shop.cjs';
    import expected from '../expected.cjs';
    it('sends', async () => expected.check(await shop.play())).timeout(60_000);
    it('has one MailError', () => {
      if (createRequire(import.meta.url)('postlane').MailError !== MailError) throw new Error('There are two.');
    });
  `,
  'vitest/shop.test.ts': `
    import { MailError } from 'postlane';
    import { expect, test } from 'vitest';
    import shop from '../shop.cjs';
    import expected from '../expected.cjs';
    test('sends', async () => expected.check(await shop.play()), 60_000);
    test('imports', () => expect(new MailError('closed', 'x').code).toBe('closed'));
  `,
  'bundled.cjs': `
    const { play } = require('./shop.cjs');
    play().then(require('./expected.cjs').check).then(() => console.log('sent'));
  `,
  'bundled.mjs': `
    import { createMail } from 'postlane';
    import { startWorker } from 'postlane/worker';
    if (typeof createMail !== 'function' || typeof startWorker !== 'function') throw new Error('not there');
    console.log('imported');
  `,
};

/** What a TypeScript host writes; compiled with the declarations of every package checked, without any @types but Node's. */
export const consumer = `
  import { createMail, defineMail, MailError, type Mail, type SendInput } from 'postlane';
  import { adminRouter, mailRouter, publicRouter, type HostMiddleware } from 'postlane/express';
  import { createScheduler, MysqlBackend } from 'postlane/agenda';
  import { captureMail } from 'postlane/testing';
  import { startWorker, type Worker } from 'postlane/worker';

  export const options = defineMail({ from: 'Shop <shop@example.com>', logger: console });
  export async function order(mail: Mail, to: string): Promise<string> {
    const input: SendInput = { template: 'welcome', to, data: { name: 'Ada' } };
    try {
      return (await mail.send(input)).id;
    } catch (error) {
      // @ts-expect-error It is not any code.
      if (error instanceof MailError && error.code === 'no-such-code') return '';
      throw error;
    }
  }
  export const routers = (mail: Mail): HostMiddleware[] => [mailRouter(mail), adminRouter(mail), publicRouter(mail)];
  export const begin = (): Promise<Worker> => startWorker(options);
  export const others = [createMail, createScheduler, MysqlBackend, captureMail] as const;
`;
