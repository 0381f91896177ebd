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
import { openPagesMail, type PagesMail } from './pages-mail.ts';

describe('agendash on the job storage', () => {
  let opened: PagesMail;
  let backend: MysqlBackend;
  const base = '/jobs/agendash';
  const as = (role: Role): Express => opened.appAt('/', { id: `host-${role}`, name: role, role });
  const send = (path: string, body: object, app = as('admin')) =>
    request(app).post(`${base}${path}`).send(body);

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
    await send('/api/jobs/create', { jobName: 'made', jobSchedule: 'in 2 hours', jobData: { a: 1 } }).expect(
      200,
    );
    await send('/api/jobs/create', { jobName: 'often', jobRepeatEvery: '5 minutes' }).expect(200);
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

  it('takes changes of admins alone, from this site alone, as JSON alone', async () => {
    const jobIds = [await save()];
    for (const role of ['viewer', 'editor', 'publisher'] as const)
      await send('/api/jobs/delete', { jobIds }, as(role)).expect(403);
    await send('/api/jobs/delete', { jobIds }).set('Origin', 'https://evil.example').expect(403);
    await send('/api/jobs/delete', { jobIds }).set('Sec-Fetch-Site', 'cross-site').expect(403);
    await request(as('admin'))
      .post(`${base}/api/jobs/delete`)
      .type('form')
      .send({ 'jobIds[]': jobIds[0] })
      .expect(415);
    expect(await jobs()).to.have.length(1);
  });

  it('carries out no change that the audit log would not show', async () => {
    const jobIds = [await save()];
    for (const path of ['/api/jobs/delete/', '/API/Jobs/DELETE', '/api/jobs/unheard-of'])
      await send(path, { jobIds }).expect(404);
    expect(await jobs()).to.have.length(1);
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
