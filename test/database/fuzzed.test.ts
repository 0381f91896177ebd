import { expect } from 'chai';
import request from 'supertest';
import { type Mail, MailError } from '../../server/mail/index.ts';
import { usePages } from '../http/pages-mail.ts';

// Each was found by `npm run fuzz`.
describe('inputs that once broke something', () => {
  const { pages, post } = usePages();
  const refused = async (call: (mail: Mail) => Promise<unknown>): Promise<string | undefined> => {
    try {
      await call(pages().mail);
    } catch (error) {
      if (error instanceof MailError) return error.field;
      throw error;
    }
    return 'nothing';
  };
  const strange = '\u0080é';
  const ref = { kind: 'template', key: strange } as const;

  it('keys and actions that no column of them holds', async () => {
    expect(await refused(mail => mail.templates.get(ref))).to.equal('key');
    expect(await refused(mail => mail.templates.versions(ref, { limit: 2 }))).to.equal('key');
    expect(await refused(mail => mail.templates.version(ref, 1))).to.equal('key');
    expect(await refused(mail => mail.audit.list({ by: 'cli', action: strange }))).to.equal('action');
    const change = { by: 'x', action: strange, subject: 'x', before: null, after: null } as const;
    expect(await refused(mail => mail.audit.record(change as never))).to.equal('action');
  });

  it('the same in addresses and forms of the pages', async () => {
    for (const path of ['/templates/%C2%80', '/audit?action=%C2%80', '/templates/%C2%80/history']) {
      const { status } = await request(pages().app).get(path).set('Cookie', pages().visit.cookie);
      expect(status, path).to.be.within(400, 499);
    }
    const { status } = await post('/campaigns', { name: 'x', template: strange, fill: 'yes' });
    expect(status).to.be.within(400, 499);
  });

  it('a field without a name', async () => {
    expect(
      await refused(mail => mail.send({ template: 'x', to: 'a@b.example', data: {}, '': 1 } as never)),
    ).to.equal('""');
  });
});
