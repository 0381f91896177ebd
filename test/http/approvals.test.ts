import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData } from '../support/inputs.ts';
import { until } from '../support/until.ts';
import { type AccessApp, type Browser, openAccessApp } from './access-app.ts';

const source = { kind: 'template', key: 'newsletter' } as const;

describe('pages where some changes need a second person', function () {
  this.timeout(120_000);
  let opened: AccessApp;
  let mail: Mail;
  const people: Record<string, Browser> = {};
  const ids: Record<string, string> = {};

  before(async () => {
    opened = await openAccessApp({}, { secondPerson: true });
    mail = opened.mail;
    for (const [name, role] of [
      ['ada', 'admin'],
      ['grace', 'admin'],
      ['paul', 'publisher'],
      ['edna', 'editor'],
      ['vera', 'viewer'],
    ] as const) {
      ids[name] = (await opened.account(`${name}@shop.example`, role)).id;
      people[name] = await opened.signedIn(`${name}@shop.example`);
    }
  });
  after(() => mail.close());
  beforeEach(() => {
    opened.api.given.length = 0;
  });

  const by = (name: string) => people[name] as Browser;
  const page = async (name: string, path: string, status = 200): Promise<string> => {
    const answer = await by(name).get(path);
    expect(answer.status, `${name} at ${path}`).to.equal(status);
    return answer.text;
  };
  /** Sends a form, and returns the status and where it leads, from the first page on. */
  const send = async (name: string, path: string, fields: object = {}) => {
    const { status, headers, text } = await by(name).post(path, fields);
    return { status, to: (headers.location ?? '').replace(/^[./]*/, '/'), text };
  };
  const draftBy = async (name: string, subject: string) => {
    const view = await mail.templates.get(source);
    const content = structuredClone(view?.draft?.source ?? view?.published?.source);
    if (!content || !view) throw new Error('There is no newsletter.');
    content.content.locales.default.subject = subject;
    await mail.templates.saveDraft(content, { revision: view.revision, by: ids[name] ?? name });
    return String(view.revision + 1);
  };
  const version = async () => (await mail.templates.get(source))?.published?.version;
  const publication = (revision: string) => ({ revision, message: 'Say it better', acceptWarnings: 'yes' });
  const idIn = (to: string) => /^\/approvals\/([0-9a-f-]{36})$/.exec(to)?.[1] ?? `none in ${to}`;
  const lines = () => opened.api.given.map(({ to, subject }) => `${to.email}: ${subject}`).sort();
  /** Mails are handed over behind the answer: waits for this one. */
  const told = (line: string) =>
    until(`mail: ${line}`, () => lines().some(one => one.startsWith(line)) || lines().join('; '));

  it('publish what an editor asked for when a publisher approves, and tell each by mail', async () => {
    const before = await version();
    const revision = await draftBy('edna', 'Better');
    expect(await page('edna', '/templates/newsletter/publication')).to.include(
      '<button>Ask for approval</button>',
    );
    const { status, to } = await send('edna', '/templates/newsletter/publication', publication(revision));
    expect(status).to.equal(303);
    const id = idIn(to);
    expect(await version(), 'nothing yet').to.equal(before);
    const asked = ['ada', 'grace', 'paul'].map(
      name => `${name}@shop.example: editor edna asks for your approval`,
    );
    for (const line of asked) await told(line);
    expect(lines()).to.deep.equal(asked);
    const [mailed] = opened.api.given;
    expect(mailed?.text).to.include(`http://127.0.0.1/approvals/${id}`);
    expect(`${mailed?.text}${mailed?.html}`, 'no content').to.not.match(/newsletter|Better/);
    opened.api.given.length = 0;

    const waiting = await page('paul', `/approvals/${id}`);
    expect(waiting).to.include('Publish template newsletter').and.include('<button>Approve</button>');
    expect(waiting).to.include('editor edna').and.include('Say it better');
    expect(await page('paul', '/'))
      .to.include('Waiting for a second person')
      .and.include(`approvals/${id}`);
    expect(await page('paul', '/templates/newsletter/publication')).to.include('Open the request');

    expect(await send('paul', `/approvals/${id}/approve`)).to.include({
      status: 303,
      to: `/approvals/${id}`,
    });
    expect(await version()).to.equal((before ?? 0) + 1);
    await told('edna@shop.example: publisher paul approved your request');
    expect(await page('edna', `/approvals/${id}`))
      .to.include('Approved by')
      .and.include('publisher paul');
    const log = await page('ada', '/audit?subject=template%3Anewsletter');
    expect(log).to.include('Second person asked for').and.include('Approved as second person');
  });

  it('let neither who asked approve it, nor who helped, nor whose role may not', async () => {
    const before = await version();
    await draftBy('paul', 'Begun by Paul');
    const revision = await draftBy('edna', 'Finished by Edna');
    const { to } = await send('ada', '/templates/newsletter/publication', publication(revision));
    const id = idIn(to);
    for (const [name, why] of [
      ['ada', 'You asked for this'],
      ['paul', 'You helped to prepare this'],
      ['edna', 'This requires the publisher role'],
      ['vera', 'This requires the publisher role'],
    ] as const) {
      expect(await page(name, `/approvals/${id}`), name).to.not.include('<button>Approve</button>');
      const answer = await send(name, `/approvals/${id}/approve`);
      expect(answer.status, name).to.equal(403);
      expect(answer.text, name).to.include(why);
    }
    expect(await version()).to.equal(before);
    expect(await page('ada', `/approvals/${id}`))
      .to.include('This person can approve it: admin grace.')
      .and.include('Prepared with');
    expect((await send('paul', `/approvals/${id}/decline`)).text).to.include('Enter a reason');
    expect((await send('grace', `/approvals/${id}/withdraw`)).text).to.include('Only who asked');
    await send('paul', `/approvals/${id}/decline`, { reason: 'The price is wrong' });
    expect(await page('vera', `/approvals/${id}`))
      .to.include('The price is wrong')
      .and.include('Declined by');
    expect((await send('grace', `/approvals/${id}/approve`)).text).to.include('declined already');
    expect(await version()).to.equal(before);
  });

  it('say that a request is outdated, and do nothing', async () => {
    const before = await version();
    const { to } = await send(
      'edna',
      '/templates/newsletter/publication',
      publication(await draftBy('edna', 'One')),
    );
    const shown = await page('grace', to);
    expect(shown).to.include('<button>Approve</button>');
    await draftBy('edna', 'Another');
    const { status, text } = await send('grace', `${to}/approve`);
    expect(status).to.equal(409);
    expect(text).to.include('outdated').and.not.include('<button>Approve</button>');
    expect(await version()).to.equal(before);
    expect(await page('ada', '/')).to.not.include('Waiting for a second person');
  });

  it('say what to do when there is nobody else', async () => {
    await draftBy('ada', 'By Ada');
    await draftBy('grace', 'By Grace');
    const { to } = await send(
      'paul',
      '/templates/newsletter/publication',
      publication(await draftBy('paul', 'By all')),
    );
    const shown = await page('paul', to);
    expect(shown)
      .to.include('Nobody else can approve this')
      .and.include(`postlane approvals approve ${idIn(to)}`);
    await send('paul', `${to}/withdraw`);
    expect(await page('paul', to)).to.include('withdrawn');
  });

  it('ask for the restoration of a version too', async () => {
    const before = await version();
    expect(before).to.be.above(1);
    const revision = String((await mail.templates.get(source))?.revision);
    expect(await page('edna', '/templates/newsletter/versions/1')).to.include('Ask to restore version 1');
    const { to } = await send('paul', '/templates/newsletter/versions/1', publication(revision));
    expect(await version()).to.equal(before);
    expect(await page('grace', to)).to.include('Restore version 1 of template newsletter');
    await send('grace', `${to}/approve`);
    expect(await version()).to.equal((before ?? 0) + 1);
  });

  it('launch a campaign when somebody approves who did not prepare it', async () => {
    const { id } = await mail.campaigns.create(
      { name: 'May', template: 'newsletter', topic: 'news', data: newsletterData },
      { by: ids.edna },
    );
    await mail.campaigns.addRecipients(id, [{ email: 'reader@mail.example' }], { by: ids.paul });
    const state = async () => (await mail.campaigns.get(id)).state;
    expect(await page('edna', `/campaigns/${id}`))
      .to.include('Ask for approval')
      .and.not.include('>Launch<');
    const { to } = await send('edna', `/campaigns/${id}/launch`);
    expect(await state()).to.equal('draft');
    expect(await page('edna', `/campaigns/${id}`))
      .to.include('has asked for a second person')
      .and.not.include('Ask for approval');
    expect((await send('paul', `${to}/approve`)).text).to.include('You helped to prepare this');
    expect(await page('grace', to))
      .to.include('Launch the campaign May')
      .and.include('Will receive it');
    await send('grace', `${to}/approve`);
    expect(await state()).to.equal('scheduled');
  });

  describe('of accounts', () => {
    const roleOf = async (name: string) =>
      (await testDatabase()('postlane_accounts').where({ id: ids[name] }).first()).role;

    it('change a role when another admin approves', async () => {
      const { to } = await send('ada', `/users/${ids.edna}/role`, { role: 'publisher' });
      expect(await roleOf('edna')).to.equal('editor');
      await told('grace@shop.example: admin ada asks for your approval');
      expect(await page('paul', to, 404), 'is for admins').to.include('There is no such request');
      expect(await page('paul', '/approvals')).to.not.include('Make editor edna');
      expect(await page('ada', `/users/${ids.edna}`)).to.include('Open the request');
      expect((await send('ada', `${to}/approve`)).status).to.equal(403);
      expect((await send('paul', `${to}/approve`)).status).to.equal(404);
      expect(await page('grace', to)).to.include('Make editor edna publisher (now editor)');
      await send('grace', `${to}/approve`);
      expect(await roleOf('edna')).to.equal('publisher');
      const [change] = (await mail.audit.list({ action: 'account.role' })).entries;
      expect(change).to.include({ by: ids.ada, subject: `account:${ids.edna}` });
    });

    it('change it once, however often and at once somebody approves', async () => {
      const changes = async () => (await mail.audit.list({ action: 'account.role' })).entries.length;
      const before = await changes();
      const { to } = await send('ada', `/users/${ids.edna}/role`, { role: 'editor' });
      const answers = await Promise.all([1, 2, 3].map(() => send('grace', `${to}/approve`)));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 409, 409]);
      expect(await roleOf('edna')).to.equal('editor');
      expect(await changes()).to.equal(before + 1);
    });

    it('are outdated once the account is changed otherwise', async () => {
      const { to } = await send('ada', `/users/${ids.vera}/role`, { role: 'publisher' });
      await send('grace', `/users/${ids.vera}/disablement`, { disabled: 'yes' });
      expect((await send('grace', `${to}/approve`)).text).to.include('outdated');
      expect(await roleOf('vera')).to.equal('viewer');
    });

    it('let an account in again when another admin approves, and shut it out at once', async () => {
      const disabled = async () =>
        (await testDatabase()('postlane_accounts').where({ id: ids.vera }).first()).disabled_at !== null;
      expect(await disabled()).to.equal(true);
      const { to } = await send('ada', `/users/${ids.vera}/disablement`, { disabled: 'no' });
      expect(await disabled()).to.equal(true);
      await send('grace', `${to}/approve`);
      expect(await disabled()).to.equal(false);
    });

    it('invite somebody when another admin approves, and mail the link', async () => {
      const invitee = { email: 'Joan@shop.example', name: 'Joan', role: 'admin' };
      expect((await send('ada', '/users', { ...invitee, change: 'enable', id: ids.vera })).text).to.include(
        'The form has no field change.',
      );
      expect((await send('ada', '/users', { ...invitee, email: 'no address' })).text).to.include(
        'Enter one e-mail',
      );
      expect((await send('ada', '/users', { ...invitee, email: 'paul@shop.example' })).text).to.include(
        'has an account already',
      );
      const { to } = await send('ada', '/users', invitee);
      const joan = () => testDatabase()('postlane_accounts').where({ email: 'joan@shop.example' }).first();
      expect(await joan()).to.equal(undefined);
      expect(await page('grace', to)).to.include('Invite Joan (joan@shop.example) as admin');
      opened.api.given.length = 0;
      const { text } = await by('grace').post(`${to}/approve`);
      expect(text).to.not.include('/invitation/');
      expect(await joan()).to.include({ role: 'admin', password: null });
      await told('joan@shop.example: You are invited');
    });

    it('show nobody a link to a colleague’s account, by which one person could be two', async () => {
      const { text } = await by('ada').post(`/users/${ids.grace}/links`);
      expect(text).to.include('was sent').and.not.include('/invitation/');
      const link = () => opened.api.given.find(({ subject }) => subject.startsWith('Choose a new'));
      await told('grace@shop.example: Choose a new password');
      expect(link()?.text).to.include('/invitation/');
    });
  });

  it('hold back whatever no page asks for', async () => {
    const { heldBack } = await import('../../server/admin/approvals/held-mail.ts');
    const held = heldBack(mail);
    const options = { revision: 0, message: 'x', by: 'x' };
    for (const work of [
      () => held.templates.publish(source, options),
      () => held.templates.restore(source, 1, options),
      () => held.templates.files.push({ by: 'x' }),
      () => held.campaigns.launch('x'),
    ])
      expect(await work().catch((error: Error) => error.message)).to.equal(
        'This takes a second person: ask for it.',
      );
  });
});

describe('pages where nothing needs a second person', function () {
  this.timeout(120_000);
  let opened: AccessApp;
  before(async () => {
    opened = await openAccessApp();
    await opened.account('ada@shop.example', 'admin');
  });
  after(() => opened.mail.close());

  it('say nothing of it, and publish at once', async () => {
    const browser = await opened.signedIn('ada@shop.example');
    expect((await browser.get('/')).text).to.not.include('Approvals');
    const view = await opened.mail.templates.get(source);
    const content = structuredClone(view?.published?.source);
    if (!content || !view) throw new Error('There is no newsletter.');
    content.content.locales.default.subject = 'New';
    await opened.mail.templates.saveDraft(content, { revision: view.revision, by: 'x' });
    expect((await browser.get('/templates/newsletter/publication')).text).to.include(
      '<button>Publish</button>',
    );
    const fields = { revision: String(view.revision + 1), message: 'New', acceptWarnings: 'yes' };
    await browser.post('/templates/newsletter/publication', fields);
    expect((await opened.mail.templates.get(source))?.published?.version).to.equal(2);
    expect((await browser.get('/approvals')).status).to.equal(200);
  });
});
