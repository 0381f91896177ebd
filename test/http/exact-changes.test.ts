import { expect } from 'chai';
import request from 'supertest';
import { jobTablePrefix } from '../../db/job-tables.ts';
import { MysqlBackend } from '../../worker/agenda-mysql/index.ts';
import { aJob } from '../database/agenda-support.ts';
import { testDatabase } from '../support/database.ts';
import { alertData, newsletterData, usePages } from './pages-mail.ts';

/** Spellings that a database, a pattern or a reader of numbers may take for `text`. */
const likenessesOf = (text: string) => [
  ...['', ' ', '%', '_', '*', `${text} `, ` ${text}`, `${text}  `, `${text}\0`, `${text}\t`],
  ...[text.slice(0, -1), `${text.slice(0, -1)}_`, `${text.slice(0, 3)}%`, text.replace(/[aeiou]/, 'á')],
];

describe('changes', function () {
  this.timeout(60_000);
  const { pages, post } = usePages();

  it('of a suppression are made to the address that is named, and to no other', async () => {
    const { mail, app, visit } = pages();
    await mail.suppressions.add('outbound', 'grace@example.com', 'asked');
    await mail.suppressions.add('outbound', 'zoe@example.com', 'asked');
    const left = async () => (await mail.suppressions.list()).map(({ address }) => address).sort();
    for (const address of likenessesOf('grace@example.com')) {
      const { status, headers } = await post('/suppressions/lift', { stream: 'outbound', address });
      expect(status, JSON.stringify(address)).to.be.oneOf([303, 404, 422]);
      if (status === 303) {
        const flash = /postlane-flash=([^;]+)/.exec(String(headers['set-cookie']))?.[1] ?? '';
        expect(JSON.parse(Buffer.from(flash, 'base64url').toString()).tone, address).to.equal('failed');
      }
      const given = { stream: 'outbound', address } as const;
      const refused = await mail.suppressions.lift(given.stream, given.address, 'x').catch(error => error);
      expect(refused, JSON.stringify(address)).to.have.property('name', 'MailError');
      expect(await left(), JSON.stringify(address)).to.deep.equal(['grace@example.com', 'zoe@example.com']);
    }
    for (const fields of [
      'address=zoe@example.com&address=grace@example.com',
      'address[]=zoe@example.com',
      '',
    ])
      await request(app)
        .post('/suppressions/lift')
        .set('Cookie', visit.cookie)
        .type('form')
        .send(`stream=outbound&_csrf=${visit.token}&${fields}`)
        .expect(422);
    expect(await left()).to.deep.equal(['grace@example.com', 'zoe@example.com']);
    await post('/suppressions/lift', { stream: 'outbound', address: 'grace@example.com' }).expect(303);
    expect(await left()).to.deep.equal(['zoe@example.com']);
  });

  it('of a template, a message, a campaign and a job are made to the one that is named', async () => {
    const { mail } = pages();
    const view = await mail.templates.get({ kind: 'template', key: 'newsletter' });
    if (view?.published?.source.kind !== 'template') throw new Error('There is no newsletter.');
    const source = view.published.source;
    const content = { ...source.content, description: 'changed' };
    await mail.templates.saveDraft({ ...source, content }, { revision: view.revision, by: 'x' });
    const message = await mail.send({
      ...{ template: 'operational-alert', data: alertData, to: 'ada@example.com' },
      sendAt: new Date(Date.now() + 86_400_000),
    });
    const campaign = await mail.campaigns.create({ name: 'c', template: 'newsletter', data: newsletterData });
    await mail.campaigns.addRecipients(campaign.id, [{ email: 'reader@example.com' }]);
    const backend = new MysqlBackend({
      knex: testDatabase(),
      tablePrefix: jobTablePrefix,
      ensureSchema: false,
    });
    await backend.connect();
    const job = String((await backend.repository.saveJob(aJob()))._id);

    for (const [section, id, action, fields] of [
      ['templates', 'newsletter', 'discard', { revision: view.revision + 1 }],
      ['messages', message.id, 'cancel', {}],
      ['campaigns', campaign.id, 'clear', {}],
      ['jobs', job, 'delete', {}],
    ] as const)
      for (const other of likenessesOf(id).filter(Boolean)) {
        const path = `/${section}/${encodeURIComponent(other)}/${action}`;
        const { status } = await post(path, fields);
        expect(status, path).to.equal(404);
      }
    for (const spaced of [message.id, campaign.id].map(id => `${id} `)) {
      expect(await mail.messages.cancel(spaced).catch(error => error.code)).to.equal('invalid-input');
      expect(await mail.campaigns.removeRecipients(spaced).catch(error => error.code)).to.equal(
        'invalid-input',
      );
    }
    const ref = { kind: 'template', key: 'newsletter ' } as const;
    const discard = { revision: view.revision + 1, by: 'x' };
    expect(await mail.templates.discardDraft(ref, discard).catch(error => error.code)).to.equal(
      'invalid-input',
    );

    expect((await mail.templates.get({ kind: 'template', key: 'newsletter' }))?.draft).not.to.equal(null);
    expect((await mail.messages.get(message.id))?.state).to.equal('queued');
    expect((await mail.campaigns.progress(campaign.id)).audience).to.equal(1);
    expect((await backend.repository.queryJobs({ ids: [job] })).jobs).to.have.length(1);
    await backend.disconnect();
  });
});
