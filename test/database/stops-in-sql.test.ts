import { expect } from 'chai';
import { countSuppressedIn } from '../../server/mail/campaigns/audience-store.ts';
import type { Mail } from '../../server/mail/index.ts';
import {
  type MailKind,
  type Stopping,
  stops,
  suppressionClasses,
  suppressionScopes,
  suppressionSources,
} from '../../server/mail/people/suppression.ts';
import { utc } from '../../server/mail/shared/time.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';

const now = new Date('2026-05-04T09:00:00Z');
/** Every suppression there can be, as far as the rule looks at it. */
const lasting: readonly Stopping[] = suppressionScopes.flatMap(scope =>
  suppressionSources.flatMap(source =>
    suppressionClasses.flatMap(kind =>
      ['', 'broadcast', 'offers', 'outbound'].flatMap(stream =>
        ['', 'news', 'sale'].flatMap(topic =>
          [null, [], ['news'], ['newsletter', 'other'], ['newsletters']].map(reaches => ({
            ...{ scope, source, class: kind, stream, topic, reaches, expiresAt: null },
          })),
        ),
      ),
    ),
  ),
);

/** And those that end: before, now, and later. */
const suppressions = [
  ...lasting,
  ...[-1, 0, 1].flatMap(ms =>
    lasting
      .filter(({ reaches, stream, topic }) => reaches === null && stream !== 'offers' && topic !== 'sale')
      .map(one => ({ ...one, expiresAt: new Date(now.getTime() + ms) })),
  ),
];

const bulk: MailKind = {
  ...{ stream: 'broadcast', category: 'newsletter', topic: 'news', bulk: true, essential: false },
  streams: ['broadcast', 'offers'],
};
const kinds: readonly MailKind[] = [
  bulk,
  { ...bulk, essential: true },
  { ...bulk, streams: ['broadcast'] },
  { ...bulk, topic: 'sale' },
  { ...bulk, category: 'promotion', topic: 'promotion' },
];

describe('the rule of who must not be mailed, where a plan counts them in SQL', () => {
  const db = testDatabase();
  let mail: Mail;
  let campaignId: string;

  before(async () => {
    mail = await openMail();
    await db('postlane_suppressions').delete();
    const { id } = await mail.campaigns.create({
      ...{ name: 'Everybody', template: 'newsletter', topic: 'news', data: newsletterData },
    });
    campaignId = id;
    await mail.campaigns.addRecipients(
      id,
      suppressions.map((_, at) => ({ email: addressOf(at) })),
    );
    await db.batchInsert(
      'postlane_suppressions',
      suppressions.map(({ reaches, expiresAt, ...one }, at) => ({
        ...{ ...one, address: addressOf(at), active: 0, reported: 1, reason: 'x', origin: 'y' },
        ...{ reaches: reaches?.join(',') ?? null, changed_at: utc(now), recorded_at: utc(now) },
        expires_at: utc(expiresAt),
      })),
      500,
    );
  });
  after(() => mail.close());

  for (const scope of suppressionScopes)
    it(`is the same of ${scope}`, async () => {
      await db('postlane_suppressions').update({ active: db.raw('scope = ?', [scope]) });
      const ofScope = suppressions.filter(one => one.scope === scope);
      for (const kind of kinds) {
        const expected = ofScope.filter(one => stops(one, kind, now)).length;
        expect(await countSuppressedIn(db, campaignId, kind, now), JSON.stringify(kind)).to.equal(expected);
      }
    });
});

function addressOf(at: number): string {
  return `n${at}@mail.example`;
}
