import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import express, { type Express } from 'express';
import request from 'supertest';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { alertData, launchCampaign, newsletterData, openPagesMail, type PagesMail } from './pages-mail.ts';

const hostile = `"><script>alert('x')</script><img src=x onerror="alert(1)">{{brand}}`;
const escaped =
  '&quot;&gt;&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&lt;img src&#x3D;x onerror&#x3D;&quot;alert(1)&quot;&gt;{{brand}}';

describe('safety of the pages', () => {
  let opened: PagesMail;
  let mail: Mail;
  let app: Express;
  let message: string;

  before(async () => {
    opened = await openPagesMail();
    ({ mail } = opened);
    app = opened.appAt('/');
    opened.api.answer(() => ({ kind: 'rejected', code: 'postmark-300', answer: hostile, inactive: [] }));
    ({ id: message } = await mail.send(
      {
        template: 'operational-alert',
        to: { email: 'ada@example.com', name: hostile },
        data: { ...alertData, title: hostile, summary: hostile },
        tag: hostile,
      },
      { wait: true },
    ));
    await mail.campaigns.create({
      name: hostile,
      template: 'newsletter',
      data: newsletterData,
      tag: hostile,
    });
    await launchCampaign(mail, hostile, 3);
    await mail.suppressions.add('outbound', 'grace@example.com', hostile);
    await testDatabase()('postlane_reconciliations').insert({
      day: '2026-05-04',
      stream: 'outbound',
      started_at: '2026-05-05',
      problem: hostile,
    });
  });
  after(() => mail.close());

  it('keeps hostile values text, wherever they are shown', async () => {
    const [campaign] = await mail.campaigns.list();
    const times = async (path: string, status = 200): Promise<number> => {
      const { text } = await request(app).get(path).expect(status);
      expect(text, path).not.to.include(hostile);
      expect(text, path).not.to.match(/<script(?! type="module" src="[./]*assets\/)|<[^>]* on[a-z]+=/i);
      return text.split(escaped).length - 1;
    };
    // Subject in heading and content, name, tag, reason, answer in the timeline and the attempts, text part twice.
    expect(await times(`/messages/${message}`)).to.equal(9);
    expect(await times('/')).to.be.at.least(3);
    expect(await times('/messages')).to.be.at.least(1);
    expect(await times('/campaigns')).to.equal(2);
    expect(await times(`/campaigns/${campaign?.id}`)).to.be.at.least(2);
    expect(await times('/suppressions')).to.equal(1);
    expect(await times('/reconciliations')).to.equal(1);
    const asked = encodeURIComponent(hostile);
    expect(await times(`/suppressions?address=${asked}`)).to.equal(2);
    // In the field, and in the link to the person.
    expect(await times(`/messages?recipient=${asked}`)).to.equal(2);
    await times(`/messages?state=${asked}`, 422);
    await times(`/templates/${asked}`, 404);
  });

  it('serves the mail itself with its values escaped and nothing allowed but styles and images', async () => {
    const { text, headers } = await request(app).get(`/messages/${message}/preview`).expect(200);
    expect(text).not.to.include('<script');
    expect(policyOf(headers)).to.deep.equal({
      'default-src': "'none'",
      'style-src': "'unsafe-inline'",
      'img-src': 'data: https:',
      'form-action': "'none'",
      'base-uri': "'none'",
      'frame-ancestors': "'self'",
      sandbox: '',
    });
    expect(headers).to.include(commonHeaders);
  });

  it('sends its headers with every page, errors included', async () => {
    for (const path of ['/', `/messages/${message}`, '/messages?state=x', '/nowhere']) {
      const { headers } = await request(app).get(path);
      expect(headers, path).to.include(commonHeaders);
      expect(policyOf(headers), path).to.deep.equal({
        'default-src': "'none'",
        'script-src': "'self'",
        'style-src': "'self'",
        'connect-src': "'self'",
        'img-src': "'self'",
        'frame-src': "'self'",
        'form-action': "'self'",
        'base-uri': "'none'",
        'frame-ancestors': "'self'",
      });
    }
  });

  it('lets the stylesheet and the icon be kept, as pages ask for them', async () => {
    const { text } = await request(app).get('/');
    const version = /admin\.css\?v=(\w+)/.exec(text)?.[1];
    for (const [path, type] of [
      ['/assets/admin.css', 'text/css; charset=utf-8'],
      ['/assets/icon.svg', 'image/svg+xml'],
    ]) {
      const { headers } = await request(app).get(`${path}?v=${version}`).expect(200);
      expect(headers).to.include({
        'content-type': type,
        'cache-control': 'public, max-age=31536000, immutable',
      });
    }
  });

  it('has no view that leaves a value unescaped or puts style or script inline', () => {
    const folder = new URL('../../server/admin/', import.meta.url);
    const views = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
      name.endsWith('.hbs'),
    );
    expect(views).not.to.have.length(0);
    for (const view of views) {
      expect(readFileSync(new URL(view, folder), 'utf8'), view).not.to.match(
        /\{\{\{|\{\{&|<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/,
      );
    }
  });

  describe('under a path of the host', function () {
    // Some hundred pages, one after the other.
    this.timeout(120_000);

    it('links only to pages that are there, at the root, under a path, and without its last slash', async () => {
      await crawl(app, '/', '/');
      await crawl(opened.appAt('/a/mail'), '/a/mail/', '/a/mail/');
      await crawl(opened.appAt('/a/mail'), '/a/mail', '/a/mail/');
    });

    it('links through a proxy that takes our path away', async () => {
      const proxy = express().use((request, _response, next) => {
        request.url = request.originalUrl = request.url.replace(/^\/tools\/post/, '');
        next();
      }, app);
      await crawl(proxy, '/tools/post/', '/tools/post/');
    });
  });
});

const commonHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
};

function policyOf(headers: Record<string, string>): Record<string, string> {
  const directives = headers['content-security-policy']?.split('; ') ?? [];
  return Object.fromEntries(
    directives.map(directive => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources.join(' ')];
    }),
  );
}

/** Follows every link as a browser would; all of them stay under `prefix` and are answered with 200. */
async function crawl(app: Express, start: string, prefix: string): Promise<void> {
  const seen = new Set<string>();
  const alike = new Map<string, number>();
  const ahead = [start];
  for (let path = ahead.pop(); path !== undefined; path = ahead.pop()) {
    const times = (alike.get(kindOf(path)) ?? 0) + 1;
    if (seen.has(path) || times > 2) continue;
    alike.set(kindOf(path), times);
    seen.add(path);
    const { text = '', status, headers } = await request(app).get(path);
    expect(status, path).to.equal(200);
    // What a mail links to is not ours.
    if (headers['content-security-policy']?.endsWith('sandbox')) continue;
    for (const link of linksIn(text)) {
      const { pathname, search } = new URL(link, `http://host${path}`);
      expect(pathname, `${link} on ${path}`).to.match(new RegExp(`^${prefix}`));
      ahead.push(pathname + search);
    }
  }
  expect([...seen].filter(path => path.includes('/preview'))).not.to.have.length(0);
}

/** Pages that differ in ids and filters alone are made alike: two of each are enough. */
function kindOf(path: string): string {
  const { pathname, searchParams } = new URL(path, 'http://host');
  return `${pathname.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, '*')} ${[...searchParams.keys()].sort()}`;
}

function linksIn(html: string): string[] {
  // Where a form posts to is no page.
  const pages = html.replaceAll(/<form[^>]* method="post"[^>]*>/g, '');
  return [...pages.matchAll(/ (?:href|src|action)="([^"#]*)"/g)].map(([, link = '']) =>
    link.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
  );
}
