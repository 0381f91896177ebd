import { expect } from 'chai';
import type { Express } from 'express';
import request from 'supertest';
import { jobTablePrefix } from '../../db/job-tables.ts';
import type { Role } from '../../server/admin/person.ts';
import type { Mail } from '../../server/mail/index.ts';
import { MysqlBackend } from '../../worker/agenda-mysql/index.ts';
import { aJob } from '../database/agenda-support.ts';
import { testDatabase } from '../support/database.ts';
import { browserAt } from './access-app.ts';
import { openPagesMail, type PagesMail } from './pages-mail.ts';

describe('pages about jobs', () => {
  let opened: PagesMail;
  let mail: Mail;
  let repository: MysqlBackend['repository'];
  let app: Express;
  const at = (ms: number) => new Date(Date.now() + ms);
  const as = (role: Role) => opened.appAt('/', { id: `host-${role}`, name: role, role });

  before(async () => {
    opened = await openPagesMail();
    ({ mail } = opened);
    app = as('viewer');
    const backend = new MysqlBackend({
      knex: testDatabase(),
      tablePrefix: jobTablePrefix,
      ensureSchema: false,
    });
    await backend.connect();
    ({ repository } = backend);
  });
  beforeEach(() => repository.purgeAllJobs());
  after(() => mail.close());

  const save = async (changes = {}) => String((await repository.saveJob(aJob(changes)))._id);
  const page = async (path: string, status = 200): Promise<string> =>
    (await request(app).get(path).expect(status)).text;
  const post = (role: Role, path: string) => browserAt(as(role)).post(path);

  it('say what to do while there is none', async () => {
    expect(await page('/jobs'))
      .to.include('postlane worker')
      .and.include('>Jobs</a>');
    expect(await page('/jobs?state=failed')).to.include('No jobs match');
  });

  it('count them by name and list them with their state', async () => {
    await save({ name: 'deliver-bulk', repeatInterval: '2 seconds', nextRunAt: at(60_000) });
    await save({ name: 'purge', failedAt: at(0), failReason: '<b>full</b>', nextRunAt: null });
    const text = await page('/jobs');
    expect(text).to.match(
      /deliver-bulk<\/a><\/th>\s*<td>\s*<ul class="counts">\s*<li>[^§]*?data-state="repeating"[^§]*?<b>1<\/b>[^§]*?<\/ul>/,
    );
    expect(text).to.include('data-state="failed"').and.include('2 seconds');
    expect(text).to.include('&lt;b&gt;full').and.not.include('<b>full');
    const found = await page('/jobs?search=BULK&state=repeating');
    expect(found).to.include('1 job').and.include('deliver-bulk').and.not.include('purge');
    expect(await page('/jobs?name=purge&state=failed')).to.include('1 job');
  });

  it('turn pages', async () => {
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => save({ name: 'many', data: { n }, nextRunAt: at(n) })),
    );
    const first = await page('/jobs?name=many');
    expect(first)
      .to.include('60 jobs')
      .and.match(/page&#x3D;2/);
    expect(first.match(/>many<\/a>/g)).to.have.length(50);
    expect((await page('/jobs?name=many&page=2')).match(/>many<\/a>/g)).to.have.length(10);
    expect(await page('/jobs?name=many&page=9')).to.include('End of list');
    for (const query of ['page=0', 'page=x', 'state=odd', `name=${'x'.repeat(300)}`])
      await page(`/jobs?${query}`, 422);
  });

  it('show one job with its data, and no buttons to who may only look', async () => {
    const id = await save({ name: 'one', data: { order: '<42>' } });
    const text = await page(`/jobs/${id}`);
    expect(text).to.include('&lt;42&gt;').and.include('queued').and.not.include('<form method="post"');
    await page('/jobs/019a0000-0000-7000-8000-000000000000', 404);
    await page('/jobs/%C3%A4', 404);
  });

  it('let nobody but an admin act', async () => {
    const id = await save();
    for (const role of ['viewer', 'editor', 'publisher'] as const) {
      expect((await post(role, `/jobs/${id}/delete`)).status, role).to.equal(403);
      expect((await post(role, `/jobs/${id}/disable`)).status, role).to.equal(403);
    }
    await request(as('admin')).post(`/jobs/${id}/delete`).type('form').send({}).expect(403); // no token
    expect(await repository.getJobById(id)).not.to.have.property('disabled', true);
  });

  it('disable, enable, run now and delete, each with its entry in the audit log', async () => {
    const failed = {
      failedAt: at(-10),
      failReason: 'broken',
      failCount: 3,
      nextRunAt: null,
      data: { keep: 1 },
    };
    const id = await save(failed);
    for (const action of ['disable', 'enable', 'run', 'delete']) {
      const askedAt = Date.now();
      const { status, headers } = await post('admin', `/jobs/${id}/${action}`);
      expect(status, action).to.equal(303);
      expect(headers.location).to.match(action === 'delete' ? /jobs$/ : new RegExp(`jobs/${id}$`));
      const job = await repository.getJobById(id);
      if (action === 'disable') expect(job).to.include({ disabled: true, failReason: 'broken' });
      if (action === 'run') {
        expect(job).to.not.have.any.keys('failedAt', 'failReason', 'failCount');
        expect(job?.nextRunAt?.getTime()).to.be.within(askedAt, Date.now());
        expect(job?.data).to.deep.equal({ keep: 1 });
      }
      if (action === 'delete') expect(job).to.equal(null);
    }
    const { entries } = await mail.audit.list({ subject: `job:${id}` });
    expect(entries.map(({ by, action }) => `${by} ${action}`)).to.deep.equal(
      ['delete', 'run', 'enable', 'disable'].map(action => `host-admin job.${action}`),
    );
    const signals = await testDatabase()('postlane_agenda_signals').where('payload', 'like', `%${id}%`);
    expect(signals, 'workers were woken').to.have.length(1);
  });

  it('refuse what the job is no longer ready for', async () => {
    const id = await save({ disabled: true });
    const { headers } = await post('admin', `/jobs/${id}/run`);
    expect(
      Buffer.from(
        String(headers['set-cookie']).match(/postlane-flash=([\w-]+)/)?.[1] ?? '',
        'base64url',
      ).toString(),
    ).to.include('has changed since');
    expect((await mail.audit.list({ subject: `job:${id}` })).entries).to.deep.equal([]);
  });
});
