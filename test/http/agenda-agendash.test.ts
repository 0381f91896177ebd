import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toJobId } from 'agenda';
import { createExpressMiddleware } from 'agendash';
import { expect } from 'chai';
import express, { type Express } from 'express';
import request from 'supertest';
import { jobTablePrefix } from '../../db/job-tables.ts';
import type { Role } from '../../server/admin/person.ts';
import { dashboardAgenda, MysqlBackend } from '../../worker/agenda-mysql/index.ts';
import { aJob } from '../database/agenda-support.ts';
import { testDatabase } from '../support/database.ts';
import { visitForms } from '../support/forms.ts';
import { listen } from '../support/http-server.ts';
import { rawAnswer } from '../support/raw-request.ts';
import { openPagesMail, type PagesMail } from './pages-mail.ts';

describe('agendash on the job storage', () => {
  let opened: PagesMail;
  let backend: MysqlBackend;
  const base = '/jobs/agendash';
  const as = (role: Role): Express => opened.appAt('/', { id: `host-${role}`, name: role, role });
  const send = async (path: string, body: object, app = as('admin'), more: Record<string, string> = {}) => {
    const { cookie, token } = await visitForms(app);
    const headers = { Cookie: cookie, 'X-CSRF-Token': token, Accept: 'application/json', ...more };
    return request(app).post(`${base}${path}`).set(headers).send(body);
  };

  before(async () => {
    opened = await openPagesMail();
    backend = new MysqlBackend({
      knex: testDatabase(),
      tablePrefix: jobTablePrefix,
      ensureSchema: false,
      signals: { busyMs: 10, idleMs: 20 },
    });
    await backend.connect();
  });
  beforeEach(() => backend.repository.purgeAllJobs());
  after(() => opened.mail.close());

  const save = async (changes = {}) => String((await backend.repository.saveJob(aJob(changes)))._id);
  const jobs = async (query = {}) => (await backend.repository.queryJobs(query)).jobs;

  it('is served beside its scripts, under a policy of its own without anything inline', async () => {
    const app = as('viewer');
    const { headers } = await request(app).get(base).expect(303);
    expect(headers.location).to.equal('agendash/');
    const { text, headers: of } = await request(app).get(`${base}/`).expect(200);
    expect(of['content-security-policy']).to.include("script-src 'self';").and.not.include('unsafe');
    const [, script] = /src="\.\/(assets\/[^"]+)"/.exec(text) ?? [];
    await request(app)
      .get(`${base}/${script}`)
      .expect(200)
      .expect('Content-Type', /javascript/);
    const other = await request(app).get('/jobs').expect(200);
    expect(other.headers['content-security-policy']).to.include("default-src 'none'");
  });

  it('lists a page, filtered, with counts, and never more than a page', async () => {
    for (let n = 0; n < 5; n++) await save({ name: 'mail', data: { n } });
    await save({ name: 'other', disabled: true });
    const get = async (query: string) =>
      (await request(as('viewer')).get(`${base}/api?${query}`).expect(200)).body;
    const page = await get('job=mail&limit=2&skip=2');
    expect(page).to.include({ total: 5, totalPages: 3 });
    expect(page.jobs).to.have.length(2);
    expect(page.jobs[0]).to.include({ queued: true, paused: false });
    expect(page.overview[0]).to.include({ displayName: 'All Jobs', total: 6, queued: 5, paused: 1 });
    expect((await get('state=paused')).total).to.equal(1);
    expect((await get('q=OTH')).total).to.equal(1);
    // 0 would mean all there is.
    expect((await get('limit=0')).jobs).to.have.length(1);
    expect((await get('limit=nonsense&skip=-4')).jobs).to.have.length(1);
  });

  it('tells how things stand, though this process runs nothing', async () => {
    await save();
    await save({ lockedAt: new Date() });
    const { body } = await request(as('viewer')).get(`${base}/api/stats`).expect(200);
    expect(body).to.include({ totalQueueSizeDB: 2, runningJobs: 1, queuedJobs: 1 });
    expect(body.version).to.match(/^6\.\d+\.\d+$/);
    const full = await request(as('viewer')).get(`${base}/api/stats?fullDetails=true`).expect(200);
    expect(full.body.runningJobs).to.have.length(1);
    await request(as('viewer')).get(`${base}/api/logs`).expect(200);
  });

  it('creates, requeues, retries, pauses, resumes and deletes', async () => {
    const made2 = { jobName: 'made', jobSchedule: 'in 2 hours', jobData: { a: 1 } };
    expect(await send('/api/jobs/create', made2)).to.have.property('status', 200);
    const often = { jobName: 'often', jobRepeatEvery: '5 minutes' };
    expect(await send('/api/jobs/create', often)).to.have.property('status', 200);
    expect((await jobs()).map(job => job.name).sort()).to.deep.equal(['made', 'often']);
    const [made] = await jobs({ name: 'made' });
    const jobIds = [String(made?._id)];
    expect((await send('/api/jobs/requeue', { jobIds })).body).to.deep.equal({ requeuedCount: 1 });
    expect((await jobs({ name: 'made' })).map(job => job.data)).to.deep.equal([{ a: 1 }, { a: 1 }]);
    expect((await send('/api/jobs/pause', { jobIds })).body).to.deep.equal({ pausedCount: 1 });
    expect(await jobs({ state: 'paused' })).to.have.length(1);
    expect((await send('/api/jobs/resume', { jobIds })).body).to.deep.equal({ resumedCount: 1 });
    expect((await send('/api/jobs/delete', { jobIds })).body).to.deep.equal({
      deleted: true,
      deletedCount: 1,
    });

    const failed = await save({
      name: 'bad',
      failedAt: new Date(),
      failReason: 'broken',
      failCount: 2,
      nextRunAt: null,
    });
    expect((await send('/api/jobs/retry', { jobIds: [failed] })).body).to.deep.equal({ retriedCount: 1 });
    const [retried] = await jobs({ name: 'bad' });
    expect(retried).to.have.property('state', 'queued');
    expect(retried).to.not.have.any.keys('failReason', 'failCount', 'failedAt');
    const { entries } = await opened.mail.audit.list({ subject: `job:${failed}` });
    expect(entries.map(({ by, action }) => `${by} ${action}`)).to.deep.equal(['host-admin job.retry']);
  });

  it('changes nothing by an id that is none, a number neither', async () => {
    const id = await save();
    for (const jobIds of [[Number.parseFloat(id)], ['nobody'], [{ id }]])
      for (const action of ['requeue', 'retry', 'pause', 'resume', 'delete'])
        await send(`/api/jobs/${action}`, { jobIds });
    expect((await jobs()).map(job => [String(job._id), job.disabled])).to.deep.equal([[id, false]]);
  });

  it('takes changes of admins alone, and from pages of this app alone', async () => {
    const jobIds = [await save()];
    const statusOf = async (...sent: Parameters<typeof send>) => (await send(...sent)).status;
    for (const role of ['viewer', 'editor', 'publisher'] as const)
      expect(await statusOf('/api/jobs/delete', { jobIds }, as(role)), role).to.equal(403);
    for (const forged of [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'X-CSRF-Token': 'forged' },
      { 'X-CSRF-Token': '' },
    ])
      expect(
        await statusOf('/api/jobs/delete', { jobIds }, as('admin'), forged),
        JSON.stringify(forged),
      ).to.equal(403);
    expect(await statusOf('/api/jobs/delete', { jobIds }, as('admin'), { Cookie: '' })).to.equal(403);
    expect(await jobs()).to.have.length(1);
  });

  it('carries out no change that the audit log would not show', async () => {
    const jobIds = [await save()];
    for (const path of [
      '/api/jobs/delete/',
      '/API/Jobs/DELETE',
      '/api/jobs/DELETE',
      '/api/jobs/unheard-of',
      '/api/jobs/constructor',
      '//api/jobs/delete',
      '/api//jobs/delete',
      '/api/jobs//delete',
      '/api/jobs/delete//',
      '/api/jobs%2Fdelete',
      '/api/jobs/%64elete',
      '/api/jobs/delete%20',
      '/api/jobs/delete;x',
      '/api/jobs/delete%00',
    ])
      expect((await send(path, { jobIds })).status, path).to.equal(404);
    expect(await jobs()).to.have.length(1);
    expect((await opened.mail.audit.list({ subject: `job:${jobIds[0]}` })).entries).to.deep.equal([]);
  });

  it('carries out nothing that a client’s own words for path or method would smuggle in', async () => {
    const id = await save();
    const { cookie, token } = await visitForms(as('admin'));
    const server = await listen(as('admin'));
    const ask = async (line: string, more = '') => {
      const body = JSON.stringify({ jobIds: [id] });
      const head =
        `${line} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\nX-CSRF-Token: ${token}\r\n${more}` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
      return Number(/^HTTP\/1\.1 (\d+)/.exec(await rawAnswer(server.port, head))?.[1]);
    };
    try {
      expect(await ask(`POST ${base}/api/jobs/../jobs/delete`)).to.equal(404);
      expect(await ask(`POST ${base}/./api/jobs/delete`)).to.equal(404);
      expect(await ask(`POST ${base}/api/jobs/retry/..%2fdelete`)).to.equal(404);
      for (const method of ['PUT', 'PATCH', 'DELETE'])
        expect(await ask(`${method} ${base}/api/jobs/delete`), method).to.equal(404);
      expect(await ask(`GET ${base}/api/jobs/delete`)).to.equal(404);
      const override = 'X-HTTP-Method-Override: POST\r\nX-HTTP-Method: POST\r\n';
      expect(await ask(`GET ${base}/api/jobs/delete?_method=POST`, override)).to.equal(404);
      expect(await jobs()).to.have.length(1);
      // In the absolute form the path is the same, and so is the entry.
      expect(await ask(`POST http://127.0.0.1${base}/api/jobs/delete?x=1`)).to.equal(200);
    } finally {
      await server.close();
    }
    expect(await jobs()).to.deep.equal([]);
    const { entries } = await opened.mail.audit.list({ subject: `job:${id}` });
    expect(entries.map(({ action }) => action)).to.deep.equal(['job.delete']);
  });

  it('records a change in the transaction that makes it', async () => {
    const id = await save();
    const trigger = 'refuse_entries_of_the_test';
    await testDatabase().raw(
      `create trigger ${trigger} before insert on postlane_audit_entries for each row signal sqlstate '45000' set message_text = 'no entry'`,
    );
    try {
      for (const action of ['requeue', 'delete', 'pause'])
        expect((await send(`/api/jobs/${action}`, { jobIds: [id] })).status, action).to.equal(500);
    } finally {
      await testDatabase().raw(`drop trigger ${trigger}`);
    }
    expect((await jobs()).map(job => [String(job._id), job.disabled])).to.deep.equal([[id, false]]);
  });

  it('refuses what is no such change, in words', async () => {
    const answers = [
      ['create', { jobName: '' }, 'A job needs a name'],
      ['create', { jobName: ['a'] }, 'A job needs a name'],
      ['create', { jobName: 'a', sneaky: 1 }, 'The form has no field sneaky.'],
      ['delete', {}, '"jobIds" is required'],
      ['delete', { jobIds: 'x' }, '"jobIds" must be an array'],
      ['delete', { jobIds: [{ id: 1 }] }, '"jobIds[0]" must be a string'],
    ] as const;
    for (const [action, body, problem] of answers) {
      const { status, body: answer } = await send(`/api/jobs/${action}`, body);
      expect(status, JSON.stringify(body)).to.equal(422);
      expect(answer.message).to.include(problem);
    }
    expect(await jobs()).to.deep.equal([]);
  });

  it('hands on no query that its router would pass to the database as a list', async () => {
    for (const asked of [
      '?job=a&job=b',
      '?state=nonsense',
      '/logs?from=x',
      '/logs?jobId=%00',
      '/logs?level=a&level=b',
    ])
      expect((await request(as('viewer')).get(`${base}/api${asked}`)).status, asked).to.equal(422);
    await request(as('viewer')).get(`${base}/api?page=1&__proto__[x]=1`).expect(200);
  });

  it('shows live what jobs do in other processes', async () => {
    const dashboard = new MysqlBackend({
      knex: testDatabase(),
      tablePrefix: jobTablePrefix,
      ensureSchema: false,
      signals: { busyMs: 10, idleMs: 20 },
    });
    const agenda = await dashboardAgenda(dashboard, 'dashboard');
    const server = createServer(express().use(createExpressMiddleware(agenda))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const stop = new AbortController();
    try {
      await backend.notificationChannel.connect(); // a worker: it shares nothing until it is asked
      const { port } = server.address() as AddressInfo;
      const { body } = await fetch(`http://127.0.0.1:${port}/api/events`, { signal: stop.signal });
      const heard = readUntil(body, 'live-job');
      const publish = () =>
        backend.notificationChannel.publishState({
          type: 'start',
          jobId: toJobId('live-job'),
          jobName: 'job',
          timestamp: new Date(),
        });
      const again = setInterval(() => void publish(), 50);
      expect(await heard.finally(() => clearInterval(again))).to.include('"type":"start"');
    } finally {
      stop.abort();
      server.closeAllConnections();
      server.close();
      await dashboard.disconnect();
      await backend.notificationChannel.disconnect();
    }
  });

  async function readUntil(body: ReadableStream<Uint8Array> | null, wanted: string): Promise<string> {
    let text = '';
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes(wanted)) break;
    }
    return text;
  }
});
