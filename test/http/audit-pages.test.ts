import { expect } from 'chai';
import type { Express } from 'express';
import request from 'supertest';
import type { AuditAction, Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData, openPagesMail } from './pages-mail.ts';

const hostile = `<script>alert('x')</script>{{brand}}`;

describe('pages about the audit log', () => {
  let mail: Mail;
  let app: Express;
  before(async () => {
    const opened = await openPagesMail();
    ({ mail } = opened);
    app = opened.appAt('/');
    await testDatabase()('postlane_audit_entries').delete();
  });
  after(() => mail.close());

  const page = async (path: string, status = 200) => (await request(app).get(path).expect(status)).text;
  const record = (over: object = {}) =>
    mail.audit.record({
      by: 'ada',
      action: 'a.change' as AuditAction, // of an older release
      subject: 'thing:1',
      before: null,
      after: null,
      ...over,
    });

  it('say what will be there while there is nothing', async () => {
    expect(await page('/audit')).to.include('No changes yet.');
    expect(await page('/audit?by=nobody')).to.include('No changes match.');
    expect(await page('/audit?cursor=1')).to.include('End of list.');
  });

  it('page by cursor and keep the filter', async () => {
    for (let i = 0; i < 60; i += 1) await record({ subject: `thing:${i}` });
    await record({ by: 'grace' });
    const first = await page('/audit?by=ada');
    const next = /rel="next" href="\.\/(audit[^"]+)"/
      .exec(first)?.[1]
      ?.replaceAll('&amp;', '&')
      .replaceAll('&#x3D;', '=');
    expect(next).to.match(/^audit\?by=ada&cursor=\d+$/);
    const second = await page(`/${next}`);
    const subjects = [...`${first}${second}`.matchAll(/title="Everything about this">(thing:\d+)</g)].map(
      ([, one]) => one,
    );
    expect(subjects).to.deep.equal(Array.from({ length: 60 }, (_, i) => `thing:${59 - i}`));
    expect(second).not.to.include('rel="next"');
  });

  it('show one change, and keep hostile values text', async () => {
    await record({
      subject: `thing:${hostile}`,
      by: hostile,
      before: { [hostile]: hostile },
      after: { text: 'a\nb' },
    });
    const list = await page('/audit');
    const id = /audit\/(\d+)"/.exec(list)?.[1];
    const text = await page(`/audit/${id}`);
    for (const html of [list, text]) expect(html).not.to.include('<script>alert');
    expect(text)
      .to.include('<ins>+ text:</ins><ins>+   a</ins><ins>+   b</ins>')
      .and.include('<del>- &lt;script&gt;');
  });

  it('say when there is nothing to compare', async () => {
    await record({ action: 'account.password' });
    const id = /audit\/(\d+)"/.exec(await page('/audit?action=account.password'))?.[1];
    expect(await page(`/audit/${id}`)).to.include('Nothing to compare');
  });

  it('say in words what was done, and lead to what it was done to', async () => {
    const { id } = await mail.campaigns.create(
      { name: 'May news', template: 'newsletter', data: newsletterData },
      { by: 'ada' },
    );
    await mail.suppressions.add('outbound', 'a+b@example.com', 'asked', { by: 'ada' });
    await record({ action: 'layout.publish', subject: 'layout:default' });
    for (const subject of ['', 'template:', 'template:a\nb', 'campaign:x', 'constructor:x'])
      await record({ subject });
    const list = await page('/audit');
    for (const [path, name] of [
      [`campaigns/${id}`, 'campaign May news'],
      [
        'suppressions/one?stream&#x3D;outbound&amp;address&#x3D;a%2Bb%40example.com',
        'a+b@example.com on outbound',
      ],
      ['templates/layout%3Adefault', 'layout default'],
    ]) {
      expect(list).to.include(`<a href="./${path}">${name}</a>`);
    }
    expect(list)
      .to.include('>Campaign created<')
      .and.include('<option value="layout.publish">Layout published<');
    await page('/suppressions/one?stream=outbound&address=a%2Bb%40example.com');
  });

  it('answer in plain words to what cannot be', async () => {
    for (const path of [
      '/audit/x',
      '/audit/0',
      '/audit/999999999',
      '/audit/99999999999999999999',
      '/audit/1e3',
    ]) {
      await page(path, 404);
    }
    for (const query of ['cursor=x', "cursor=1'", `by=${'x'.repeat(201)}`, 'by=a&by=b']) {
      expect(await page(`/audit?${query}`, 422), query).to.include('Cannot be shown');
    }
    expect(await page('/audit?cursor=x', 422)).to.include('There is no such page of this list.');
    for (const text of ['%25', '%00', '%F0%9F%92%8C', "'%20OR%201=1--"])
      await page(`/audit?by=${text}&subject=${text}`);
  });
});
