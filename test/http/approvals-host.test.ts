import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import { hostAccess } from '../../server/admin/access/host.ts';
import type { Person } from '../../server/admin/person.ts';
import { pageRouter } from '../../server/admin/router.ts';
import type { Mail, Source } from '../../server/mail/index.ts';
import { useCommandMail } from '../support/command-mail.ts';
import { testDatabase } from '../support/database.ts';
import { postForm, visitForms } from '../support/forms.ts';
import { openMail } from '../support/mail.ts';
import { openForEachTest, standIn } from '../support/opened.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';
import { until } from '../support/until.ts';

const source = { kind: 'template', key: 'newsletter' } as const;
const secretKeys = ['a key of the tests, 32 characters or more'];

async function draftIn(mail: Mail, by: string): Promise<number> {
  const view = await mail.templates.get(source);
  const content = structuredClone(view?.published?.source) as Source<'template'>;
  content.content.locales.default.subject = 'Better';
  await mail.templates.saveDraft(content, { revision: view?.revision ?? 0, by });
  return (view?.revision ?? 0) + 1;
}

describe('a second person in a host with people of its own', function () {
  this.timeout(120_000);
  const api = createScriptedTransport('postmark-api');
  const mail = standIn<Mail>(
    openForEachTest(
      () =>
        openMail({
          transports: [api],
          secondPerson: ['templates.publish'],
          secondPersonMail: ['Desk <desk@host.example>'],
        }),
      opened => opened.close(),
    ),
  );
  beforeEach(() => {
    api.given.length = 0;
  });

  const appFor = (person: Person, publicUrl?: string) =>
    express().use(
      '/mail',
      pageRouter(mail, hostAccess({ authenticate: () => person }), {
        ...{ jobs: testDatabase(), secretKeys },
        ...(publicUrl && { publicUrl }),
      }),
    );
  const ask = async (publicUrl?: string) => {
    const app = appFor({ id: '7', name: 'Ada of the host', role: 'editor' }, publicUrl);
    const fields = { revision: await draftIn(mail, '7'), message: 'Better', acceptWarnings: 'yes' };
    const path = '/mail/templates/newsletter/publication';
    const { headers } = await postForm(app, path, fields, await visitForms(app, '/mail/')).expect(303);
    return `/mail/approvals/${headers.location?.split('/').at(-1)}`;
  };

  it('goes by the ids and names that the host gives, and tells the addresses of the configuration', async () => {
    const path = await ask('https://host.example/mail/');
    await until('a mail', () => api.given.length > 0 || 'none');
    expect(api.given[0]).to.include({ subject: 'Ada of the host asks for your approval' });
    expect(api.given[0]?.to).to.include({ email: 'desk@host.example' });
    expect(api.given[0]?.text).to.include(`https://host.example${path}`);

    const grace = appFor({ id: '8', name: 'Grace of the host', role: 'publisher' });
    const { text } = await request(grace).get(path).expect(200);
    expect(text).to.include('Ada of the host').and.include('<button>Approve</button>');
    expect(text, 'whom the host knows alone').to.not.include('Nobody else');
    await postForm(grace, `${path}/approve`, {}, await visitForms(grace, '/mail/')).expect(303);
    expect((await mail.templates.get(source))?.published?.version).to.equal(2);
  });

  it('takes no word of the same person in a higher role', async () => {
    const path = await ask();
    const promoted = appFor({ id: '7', name: 'Ada', role: 'admin' });
    await postForm(promoted, `${path}/approve`, {}, await visitForms(promoted, '/mail/')).expect(403);
    expect((await mail.templates.get(source))?.published?.version).to.equal(1);
  });

  it('asks though nobody can be told where the pages are', async () => {
    const path = await ask();
    await request(appFor({ id: '9', name: 'Lin', role: 'viewer' }))
      .get(path)
      .expect(200);
    expect(api.given).to.deep.equal([]);
  });

  it('holds back what is named alone', async () => {
    const app = appFor({ id: '7', name: 'Ada', role: 'publisher' });
    const { text } = await request(app).get('/mail/campaigns').expect(200);
    expect(text).to.include('Approvals');
    expect(mail.approvals.actions).to.deep.equal(['templates.publish']);
  });
});

describe('the command postlane approvals', function () {
  this.timeout(180_000);
  const { mail, run, json } = useCommandMail();

  const asked = async () => {
    const revision = await draftIn(mail, 'ada');
    const options = { by: 'ada', name: 'Ada', revision, message: 'Better', acceptWarnings: true };
    const result = await mail.approvals.askToPublish(source, options);
    if (result.state !== 'requested') throw new Error(result.state);
    return result.approval.id;
  };

  it('lists what waits, approves it where there is nobody else, and is named in the audit log', async () => {
    expect((await run(['approvals', 'list'])).out).to.equal('Nothing is waiting.');
    const id = await asked();
    expect((await run(['approvals', 'list'])).out).to.match(
      new RegExp(`^${id}  templates.publish  template:newsletter  asked by Ada, `),
    );
    expect((await json(['approvals', 'list'])).answer[0]).to.include({ id, state: 'requested' });
    expect(await run(['approvals', 'approve', id])).to.deep.include({ exitCode: 0 });
    expect((await mail.templates.get(source))?.published?.version).to.equal(2);
    const [entry] = (await mail.audit.list({ action: 'approval.approve' })).entries;
    expect(entry).to.include({ by: 'cli', subject: 'template:newsletter' });
    const again = await run(['approvals', 'approve', id]);
    expect(again.exitCode).to.not.equal(0);
    expect(again.err).to.include('approved already');
  });

  it('declines with a reason', async () => {
    const id = await asked();
    expect((await run(['approvals', 'decline', id])).err).to.include('--reason');
    await run(['approvals', 'decline', id, '--reason', 'Not this week']);
    expect(await mail.approvals.get(id)).to.include({ state: 'declined', reason: 'Not this week' });
  });
});
