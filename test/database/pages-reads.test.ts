import { expect } from 'chai';
import { countSuppressedIn } from '../../server/mail/campaigns/audience-store.ts';
import { listCampaigns, readCampaign } from '../../server/mail/campaigns/campaigns-store.ts';
import { progressIn } from '../../server/mail/campaigns/progress.ts';
import { saveProgress } from '../../server/mail/campaigns/progress-store.ts';
import type { Mail } from '../../server/mail/index.ts';
import { pageSuppressions } from '../../server/mail/people/suppression-lists-store.ts';
import { reportedOn } from '../../server/mail/people/suppressions-store.ts';
import { repairsOf } from '../../server/mail/reconciliation/reconciliations-store.ts';
import { listAudit } from '../../server/mail/shared/audit-store.ts';
import { testDatabase } from '../support/database.ts';
import { idAt, insertHistory } from '../support/history.ts';
import { openMail } from '../support/mail.ts';
import { rowsTouched } from '../support/reads.ts';

const size = 1200;
const now = new Date('2026-05-05T09:00:00Z');

// Nights are not among them: a stream has one a day, thousands in a lifetime.
describe('lists read no more than a page needs', function () {
  this.timeout(60_000);
  const db = testDatabase();
  const middle = 'person-00600@mail.example';
  const audienceOf = idAt(new Date(Date.UTC(2026, 0, 1)));
  const night = {
    stream: 'outbound',
    startedAt: new Date('2026-05-04T03:30:00Z'),
    finishedAt: new Date('2026-05-04T03:32:00Z'),
  };
  let mail: Mail;

  before(async () => {
    mail = await openMail();
    const version = await db('postlane_template_versions')
      .where({ template: 'newsletter' })
      .first('id', 'category');
    await fill('postlane_suppressions', i => ({
      stream: i % 2 === 0 ? 'outbound' : 'broadcast',
      address: `person-${String(i).padStart(5, '0')}@mail.example`,
      active: 1,
      reason: 'HardBounce',
      origin: 'Recipient',
      class: i % 2 === 0 ? 'operator' : 'bounce',
      changed_at: '2026-05-04 09:00:00',
    }));
    await fill('postlane_audit_entries', i => ({
      at: '2026-05-04 09:00:00',
      changed_by: i % 2 === 0 ? 'ada' : 'grace',
      action: i % 100 === 0 ? 'template.publish' : 'message.retry',
      subject: `message:${i % 50}`,
    }));
    await fill('postlane_campaigns', i => ({
      id: i === 0 ? audienceOf : idAt(new Date(Date.UTC(2026, 0, 1) + i * 60_000)),
      name: `Campaign ${i}`,
      state: 'done',
      template_version_id: version.id,
      category: version.category,
      data: '{}',
      created_at: '2026-05-04 09:00:00',
    }));
    await fill('postlane_campaign_recipients', i => ({
      campaign_id: audienceOf,
      address: `person-${String(i).padStart(5, '0')}@mail.example`,
    }));
    await db('postlane_suppressions').insert({
      stream: 'quiet',
      address: middle,
      active: 1,
      reason: 'HardBounce',
      origin: 'Recipient',
      class: 'operator',
      changed_at: '2026-05-04 09:00:00',
    });
    await fill('postlane_events', i => ({
      fact_key: String(i).padStart(64, '0'),
      kind: 'bounced',
      source: i % 200 === 0 ? 'reconciliation' : 'webhook',
      stream: 'outbound',
      occurred_at: '2026-05-04 03:00:00',
      received_at: '2026-05-04 03:31:00',
      details: '{}',
    }));
    await insertHistory(db, {
      count: size,
      from: night.startedAt,
      to: night.finishedAt,
      template: 'newsletter',
      campaignId: audienceOf,
    });
    await saveProgress(db, audienceOf, { byState: { sent: 50_000 }, settled: 1 }, night.startedAt);
    await db.raw(
      'ANALYZE TABLE postlane_suppressions, postlane_campaign_recipients, postlane_events, postlane_audit_entries',
    );
  });
  after(() => mail.close());

  async function fill(table: string, row: (i: number) => object): Promise<void> {
    await db.batchInsert(
      table,
      Array.from({ length: size }, (_, i) => row(i)),
      1000,
    );
  }

  const reads: Record<string, (trx: typeof db) => Promise<unknown>> = {
    suppressions: trx => pageSuppressions(trx, {}, now),
    'suppressions further on': trx => pageSuppressions(trx, { cursor: `${middle}\nstream\noutbound\n` }, now),
    'suppressions of a stream': trx =>
      pageSuppressions(trx, { stream: 'outbound', cursor: `${middle}\nstream\noutbound\n` }, now),
    'suppressions that begin so': trx => pageSuppressions(trx, { start: 'person-00' }, now),
    'suppressions of a stream that begin so': trx =>
      pageSuppressions(
        trx,
        { stream: 'broadcast', start: 'person-00', cursor: `${middle}\nstream\nbroadcast\n` },
        now,
      ),
    'the audit log': trx => listAudit(trx),
    'the audit log further on': trx => listAudit(trx, { cursor: '600' }),
    'the audit log of a person': trx => listAudit(trx, { by: 'ada', cursor: '600' }),
    'the audit log of an action': trx => listAudit(trx, { action: 'template.publish' }),
    'the audit log of a subject': trx => listAudit(trx, { subject: 'message:7' }),
    campaigns: trx => listCampaigns(trx),
    'campaigns further on': trx => listCampaigns(trx, { cursor: idAt(new Date(Date.UTC(2026, 0, 2))) }),
    'how far a large campaign on its way is': async trx => {
      const campaign = await readCampaign(trx, audienceOf);
      if (campaign) await progressIn({ db: trx }, { ...campaign, state: 'sending', audience: size }, true);
    },
    'what a night brought in': trx => repairsOf(trx, night, 200),
    'campaigns that run': trx => listCampaigns(trx, { running: true }),
  };
  for (const [name, read] of Object.entries(reads)) {
    it(name, async () => {
      expect(await rowsTouched(db, read)).to.be.below(size / 2);
    });
  }

  it('and who of an audience is suppressed by one look at each list', async () => {
    const kind = { category: 'newsletter', topic: 'news', bulk: true, essential: false };
    const streams = ['broadcast'];
    const count = (trx: typeof db) =>
      countSuppressedIn(trx, audienceOf, { ...kind, stream: 'broadcast', streams }, now);
    expect(await rowsTouched(db, count)).to.be.below(4 * size);
    expect(await count(db)).to.equal(size / 2);
  });

  it('and reads all of a stream in pages, each address once', async () => {
    const addresses: string[] = [];
    const read = async (trx: typeof db) => {
      for await (const { address } of reportedOn(trx, 'outbound')) addresses.push(address);
    };
    expect(await rowsTouched(db, read)).to.be.below(size);
    expect(new Set(addresses).size).to.equal(size / 2);
    expect(addresses).to.have.length(size / 2);
  });
});
