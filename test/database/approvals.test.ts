import { expect } from 'chai';
import { type Approval, type Mail, MailError, type Source } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { openForEachTest, standIn } from '../support/opened.ts';

const ref = { kind: 'template', key: 'welcome' } as const;
const ada = { by: 'ada', name: 'Ada' };
const grace = { by: 'grace', name: 'Grace' };

describe('a second person', function () {
  this.timeout(120_000);
  const db = testDatabase();
  let at = new Date();
  const opened = openForEachTest(
    () => {
      at = new Date('2026-05-04T09:00:00Z');
      return openMail({ secondPerson: true, now: () => at });
    },
    mail => mail.close(),
  );
  const mail = standIn<Mail>(opened);

  const newsletter = { kind: 'template', key: 'newsletter' } as const;
  const savedBy = async (by: string, subject: string) => {
    const view = await mail.templates.get(newsletter);
    const source = structuredClone(view?.draft?.source ?? view?.published?.source) as Source<'template'>;
    source.content.locales.default.subject = subject;
    const saved = await mail.templates.saveDraft(source, { revision: view?.revision ?? 0, by });
    return saved.state === 'saved' ? saved.revision : -1;
  };
  const asked = async (revision: number, who = ada): Promise<Approval> => {
    const options = { ...who, revision, message: 'Say it better', acceptWarnings: true };
    const result = await mail.approvals.askToPublish(newsletter, options);
    if (result.state !== 'requested') throw new Error(JSON.stringify(result));
    return result.approval;
  };
  const version = async () => (await mail.templates.get(newsletter))?.published?.version;
  const stateOf = async ({ id }: Approval) => (await mail.approvals.get(id))?.state;
  const refusal = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'not refused',
      (error: unknown) => (error instanceof MailError ? error.message : error),
    );
  const audit = async () => {
    const { entries } = await mail.audit.list();
    const approvals = entries.filter(({ action }) => action.startsWith('approval.'));
    return Promise.all(approvals.map(async ({ id }) => mail.audit.get(id)));
  };

  describe('for a publication', () => {
    it('publishes nothing until somebody else approves, and then what was asked for', async () => {
      const approval = await asked(await savedBy('ada', 'Better'));
      expect(await version()).to.equal(1);
      expect(approval).to.deep.include({ state: 'requested', preparedBy: ['ada'], requestedBy: 'ada' });

      const approved = await mail.approvals.approve(approval.id, grace);

      expect(approved).to.include({ state: 'approved', decidedBy: 'grace', decidedName: 'Grace' });
      expect(await version()).to.equal(2);
      const [latest] = await mail.templates.versions(newsletter);
      expect(latest).to.include({ by: 'ada', message: 'Say it better' });
      expect((await mail.templates.get(newsletter))?.draft).to.equal(null);
    });

    it('keeps both names in the audit log, with what the template was called', async () => {
      const approval = await asked(await savedBy('ada', 'Better'));
      await mail.approvals.approve(approval.id, grace);
      const [given, wanted] = await audit();
      expect(wanted).to.include({ by: 'ada', action: 'approval.request', subject: 'template:newsletter' });
      expect(given).to.include({ by: 'grace', action: 'approval.approve', subject: 'template:newsletter' });
      expect(given?.after).to.include({
        requestedBy: 'Ada (ada)',
        decidedBy: 'Grace (grace)',
        state: 'approved',
      });
    });

    it('takes no word of who asked, nor of anybody who had a hand in the draft', async () => {
      await savedBy('lin', 'Begun by Lin');
      await savedBy('lin', 'And again');
      await savedBy('bob', 'Gone on with by Bob');
      const approval = await asked(await savedBy('ada', 'Finished by Ada'));
      expect(approval.preparedBy).to.have.members(['lin', 'bob', 'ada']);
      expect(await refusal(mail.approvals.approve(approval.id, ada))).to.include('You asked for this');
      for (const by of ['lin', 'bob'])
        expect(await refusal(mail.approvals.approve(approval.id, { by }))).to.include(
          'You helped to prepare',
        );
      expect(await version()).to.equal(1);
      await mail.approvals.approve(approval.id, grace);
      await savedBy('grace', 'A draft of its own');
      const next = await asked((await mail.templates.get(newsletter))?.revision ?? 0);
      expect(next.preparedBy, 'the authors of the draft before are not those of this one').to.have.members([
        'grace',
        'ada',
      ]);
    });

    it('knows the author of a draft that the release before stored', async () => {
      const revision = await savedBy('lin', 'Begun by Lin');
      await db('postlane_template_sources').update({ draft_authors: null });
      expect((await asked(revision)).preparedBy).to.have.members(['lin', 'ada']);
      await savedBy('bob', 'Gone on with by Bob');
      const [row] = await db('postlane_template_sources').where({
        kind: 'template',
        source_key: 'newsletter',
      });
      expect(JSON.parse(row.draft_authors)).to.deep.equal(['lin', 'bob']);
    });

    it('is outdated once the draft is saved again, even with the same words', async () => {
      const approval = await asked(await savedBy('ada', 'Better'));
      await savedBy('ada', 'Worse');
      await savedBy('ada', 'Better');
      expect(await refusal(mail.approvals.approve(approval.id, grace))).to.include('outdated');
      expect(await stateOf(approval)).to.equal('outdated');
      expect(await version()).to.equal(1);
      const [entry] = await audit();
      expect(entry).to.include({ action: 'approval.outdate', by: 'postlane' });
    });

    it('is outdated once something is published that goes out with it, and stands when that is something else', async () => {
      const approval = await asked(await savedBy('ada', 'Better'));
      const publish = async (kind: 'layout' | 'template', key: string, change: (text: string) => string) => {
        const view = await mail.templates.get({ kind, key });
        const source = structuredClone(view?.published?.source) as Source;
        if (source.kind === 'layout') source.content.html = change(source.content.html);
        if (source.kind === 'template')
          source.content.locales.default.subject = change(source.content.locales.default.subject);
        await mail.templates.saveDraft(source, { revision: view?.revision ?? 0, by: 'host' });
        const revision = (view?.revision ?? 0) + 1;
        const options = { revision, by: 'host', message: 'By code', acceptWarnings: true };
        expect(await mail.templates.publish({ kind, key }, options)).to.include({ state: 'published' });
      };
      await publish('template', 'receipt', subject => `${subject}!`);
      expect(await stateOf(approval), 'another template').to.equal('requested');
      await publish('layout', 'newsletter', html => html.replace('</body>', '<!-- changed --></body>'));
      expect(await stateOf(approval), 'its layout').to.equal('outdated');
    });

    it('holds an earlier version back as well', async () => {
      const first = await asked(await savedBy('ada', 'Better'));
      await mail.approvals.approve(first.id, grace);
      const revision = (await mail.templates.get(newsletter))?.revision ?? 0;
      const options = { ...ada, revision, message: 'Back to version 1', acceptWarnings: true, restore: 1 };
      const result = await mail.approvals.askToPublish(newsletter, options);
      expect(await version()).to.equal(2);
      if (result.state !== 'requested') throw new Error(result.state);
      await mail.approvals.approve(result.approval.id, grace);
      const [latest] = await mail.templates.versions(newsletter);
      expect(latest).to.deep.include({ version: 3, cause: { kind: 'restore', version: 1 } });
    });

    it('says of a draft that nothing could publish what is wrong with it, and asks nobody', async () => {
      const revision = await savedBy('ada', '{{nothing.of.the.kind}}');
      const result = await mail.approvals.askToPublish(newsletter, { ...ada, revision, message: 'No' });
      expect(result.state).to.equal('refused');
      expect(await mail.approvals.list()).to.deep.equal([]);
    });

    it('is one at a time', async () => {
      const revision = await savedBy('ada', 'Better');
      const [first, second] = await Promise.allSettled([asked(revision), asked(revision, grace)]);
      const refused = [first, second].filter(one => one?.status === 'rejected');
      expect(refused).to.have.length(1);
      expect(await mail.approvals.list({ state: 'requested' })).to.have.length(1);
      await savedBy('ada', 'Better still');
      await asked((await mail.templates.get(newsletter))?.revision ?? 0);
      expect((await mail.approvals.list()).map(({ state }) => state)).to.deep.equal([
        'requested',
        'outdated',
      ]);
    });
  });

  describe('for a launch', () => {
    const draft = async (by = 'ada') => {
      const input = { name: 'May', template: 'newsletter', topic: 'news', data: newsletterData };
      const { id } = await mail.campaigns.create(input, { by });
      await mail.campaigns.addRecipients(id, readers(0, 3), { by: 'lin' });
      return id;
    };
    const readers = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => ({ email: `r${from + i}@mail.example` }));

    it('launches when somebody approves who neither made it nor changed who gets it', async () => {
      const id = await draft('bob');
      const approval = await mail.approvals.askToLaunch(id, ada);
      expect(approval.preparedBy).to.have.members(['ada', 'bob', 'lin']);
      expect((await mail.campaigns.get(id)).state).to.equal('draft');
      for (const by of ['ada', 'bob', 'lin'])
        expect(await refusal(mail.approvals.approve(approval.id, { by }))).to.include('somebody else');
      await mail.approvals.approve(approval.id, grace);
      expect(await mail.campaigns.get(id)).to.include({ state: 'scheduled', audience: 3 });
      expect(await stateOf(approval)).to.equal('approved');
    });

    const changes: Record<string, (id: string) => Promise<unknown>> = {
      'somebody is added': id => mail.campaigns.addRecipients(id, readers(3, 4)),
      'somebody is exchanged for somebody else': async id => {
        await mail.campaigns.removeRecipients(id);
        await mail.campaigns.addRecipients(id, readers(1, 4));
      },
      'it is cancelled': id => mail.campaigns.cancel(id),
      'code of the host launches it': id => mail.campaigns.launch(id),
    };
    for (const [what, change] of Object.entries(changes))
      it(`is outdated once ${what}`, async () => {
        const id = await draft();
        const approval = await mail.approvals.askToLaunch(id, ada);
        await change(id);
        const before = (await mail.campaigns.get(id)).state;
        expect(await refusal(mail.approvals.approve(approval.id, grace))).to.include('outdated');
        expect((await mail.campaigns.get(id)).state).to.equal(before);
        expect(await stateOf(approval)).to.equal('outdated');
      });

    it('shows in a list that it is outdated, whether somebody is added or all are exchanged', async () => {
      for (const change of [
        (id: string) => mail.campaigns.addRecipients(id, readers(3, 4)),
        (id: string) => mail.campaigns.removeRecipients(id),
      ]) {
        const id = await draft();
        await mail.approvals.askToLaunch(id, ada);
        const subject = `campaign:${id}`;
        expect(await mail.approvals.list({ subject, state: 'requested' })).to.have.length(1);
        await change(id);
        expect(await mail.approvals.list({ subject, state: 'requested' })).to.deep.equal([]);
        expect(await mail.approvals.list({ subject })).to.have.nested.property('[0].state', 'outdated');
      }
    });

    it('is outdated once somebody is taken out', async () => {
      const id = await draft();
      const approval = await mail.approvals.askToLaunch(id, ada);
      await db('postlane_campaign_recipients').where({ address: 'r1@mail.example' }).delete();
      expect(await refusal(mail.approvals.approve(approval.id, grace))).to.include('outdated');
      expect((await mail.campaigns.get(id)).state).to.equal('draft');
    });

    it('is not asked for without recipients, nor of what is launched', async () => {
      const input = { name: 'May', template: 'newsletter', data: newsletterData };
      const { id } = await mail.campaigns.create(input);
      expect(await refusal(mail.approvals.askToLaunch(id, ada))).to.include('no recipients');
      const launched = await draft();
      await mail.campaigns.launch(launched);
      expect(await refusal(mail.approvals.askToLaunch(launched, ada))).to.include('cannot be launched');
    });

    it('of two who approve at once one does, and it is launched once', async () => {
      const { id } = await mail.approvals.askToLaunch(await draft(), ada);
      const results = await Promise.all(
        ['grace', 'joan', 'kay', 'lea'].map(by => refusal(mail.approvals.approve(id, { by }))),
      );
      expect(results.filter(result => result === 'not refused')).to.have.length(1);
      expect((await audit()).map(entry => entry?.action)).to.deep.equal([
        'approval.approve',
        'approval.request',
      ]);
      expect((await mail.audit.list({ action: 'campaign.launch' })).entries).to.have.length(1);
    });

    for (const other of ['withdraw', 'decline', 'add'] as const)
      it(`of an approval and a change at the same time (${other}) one wins whole`, async () => {
        for (let round = 0; round < 5; round++) {
          const campaign = await draft();
          const { id } = await mail.approvals.askToLaunch(campaign, ada);
          const rival = {
            withdraw: () => mail.approvals.withdraw(id, ada),
            decline: () => mail.approvals.decline(id, { ...grace, reason: 'Not now' }),
            add: () => mail.campaigns.addRecipients(campaign, readers(10, 12)),
          }[other];
          await Promise.all([refusal(mail.approvals.approve(id, { by: 'joan' })), refusal(rival())]);
          const state = (await mail.approvals.get(id))?.state;
          const launched = await mail.campaigns.get(campaign);
          expect(launched.state, `${state}`).to.equal(state === 'approved' ? 'scheduled' : 'draft');
          if (state === 'approved') expect(launched.audience).to.equal(3);
        }
      });
  });

  it('is not approved by half: when what it does fails, it waits on', async () => {
    const approval = await asked(await savedBy('ada', 'Better'));
    await db.raw(
      `CREATE TRIGGER no_versions BEFORE INSERT ON postlane_template_source_versions FOR EACH ROW
       SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the disk is full'`,
    );
    try {
      await mail.approvals.approve(approval.id, grace).then(
        () => expect.fail('it was approved'),
        (error: Error) => expect(error.message).to.include('the disk is full'),
      );
    } finally {
      await db.raw('DROP TRIGGER no_versions');
    }
    expect(await stateOf(approval)).to.equal('requested');
    await mail.approvals.approve(approval.id, grace);
    expect(await version()).to.equal(2);
  });

  it('declines with a reason, and lets nobody else withdraw', async () => {
    const approval = await asked(await savedBy('ada', 'Better'));
    expect(await refusal(mail.approvals.withdraw(approval.id, grace))).to.include('Only who asked');
    expect(await refusal(mail.approvals.decline(approval.id, { ...ada, reason: 'No' }))).to.include(
      'your own',
    );
    await mail.approvals.decline(approval.id, { ...grace, reason: ' The price is wrong ' });
    expect(await mail.approvals.get(approval.id)).to.include({
      state: 'declined',
      reason: 'The price is wrong',
    });
    expect(await refusal(mail.approvals.approve(approval.id, { by: 'joan' }))).to.include('declined already');
    expect(await version()).to.equal(1);
    const again = await asked((await mail.templates.get(newsletter))?.revision ?? 0);
    await mail.approvals.withdraw(again.id, ada);
    expect(await stateOf(again)).to.equal('withdrawn');
  });

  it('waits for a week', async () => {
    const approval = await asked(await savedBy('ada', 'Better'));
    at = new Date('2026-05-11T08:59:00Z');
    expect(await stateOf(approval)).to.equal('requested');
    at = new Date('2026-05-11T09:01:00Z');
    expect(await refusal(mail.approvals.approve(approval.id, grace))).to.include('expired');
    expect(await stateOf(approval)).to.equal('expired');
    expect(await mail.approvals.list({ state: 'requested' })).to.deep.equal([]);
  });

  it('holds no code of the host back, which acts for itself', async () => {
    const revision = await savedBy('ada', 'Better');
    const options = { revision, message: 'By code', by: 'host', acceptWarnings: true };
    expect(await mail.templates.publish(newsletter, options)).to.include({ state: 'published' });
  });

  it('refuses what is no request, in words', async () => {
    expect(await mail.approvals.get('nothing')).to.equal(null);
    expect(await refusal(mail.approvals.approve('nothing', ada))).to.equal('There is no such request.');
    expect(await refusal(mail.approvals.approve('nothing', { by: '' }))).to.include('by');
    expect(await refusal(mail.approvals.askToPublish(ref, { ...ada, revision: 0, message: '' }))).to.be.a(
      'string',
    );
  });
});
