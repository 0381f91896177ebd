import { expect } from 'chai';
import { useCheckedTemplates } from '../support/checked-templates.ts';
import { testDatabase } from '../support/database.ts';
import { refusal } from '../support/refusal.ts';

describe('sample data', () => {
  const shop = useCheckedTemplates();
  beforeEach(() => testDatabase()('postlane_sample_data').delete());

  const sampleData = () => shop.mail.templates.sampleData;
  const saved = async (key: string) =>
    (await sampleData().list(shop.content(key))).filter(({ generated }) => !generated);

  it('are saved under a name, saved again in its place, and removed', async () => {
    const first = await sampleData().save(
      'newsletter',
      { name: ' May ', locale: 'nl', data: { issue: '1' } },
      'ada',
    );
    const again = await sampleData().save(
      'newsletter',
      { name: 'May', locale: null, data: { issue: '2' } },
      'bob',
    );
    expect(again).to.equal(first);
    await sampleData().save('receipt', { name: 'May', locale: null, data: {} }, 'ada');
    expect(await saved('newsletter')).to.deep.equal([
      { id: first, name: 'May', locale: null, data: { issue: '2' }, generated: false },
    ]);
    expect(await sampleData().remove('receipt', first, 'ada')).to.equal(false);
    expect(await sampleData().remove('newsletter', first, 'ada')).to.equal(true);
    expect(await saved('newsletter')).to.deep.equal([]);
    const { entries } = await shop.mail.audit.list({ subject: 'template:newsletter', by: 'ada' });
    expect(entries.map(({ action }) => action)).to.include.members([
      'template.sample-data-save',
      'template.sample-data-remove',
    ]);
  });

  it('need a name, a locale that can be one, and data of some size', async () => {
    const sound = { name: 'x', locale: null, data: {} };
    const wrong = [
      { ...sound, name: ' ' },
      { ...sound, name: 'x'.repeat(101) },
      { ...sound, locale: '%_' },
      { ...sound, data: [] as unknown as Record<string, unknown> },
      { ...sound, data: { text: 'x'.repeat(100_001) } },
    ];
    for (const input of wrong) {
      expect(await refusal(sampleData().save('newsletter', input, 'ada'))).to.include({
        code: 'invalid-input',
      });
    }
  });

  it('are generated where the contract gives reason to', async () => {
    const namesOf = async (key: string) =>
      (await sampleData().list(shop.content(key))).map(({ id, name }) => `${id} = ${name}`);
    expect(await namesOf('newsletter')).to.deep.equal([
      'generated:No optional fields = No optional fields',
      'generated:Long text = Long text',
      'generated:Special characters = Special characters',
      'generated:Other language = Other language',
    ]);
  });
});
