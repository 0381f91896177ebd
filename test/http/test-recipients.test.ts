import { expect } from 'chai';
import { accountAccess } from '../../server/accounts/index.ts';
import { emptyDirectory } from '../../server/admin/access/directory.ts';
import type { Page } from '../../server/admin/page.ts';
import { recipientProblem } from '../../server/admin/templates/test-recipients.ts';
import { testDatabase } from '../support/database.ts';
import { type AccessApp, openAccessApp } from './access-app.ts';

describe('an editor’s test', () => {
  const db = testDatabase();
  let opened: AccessApp;
  before(async () => {
    opened = await openAccessApp();
  });
  after(() => opened.mail.close());

  it('goes to colleagues who can sign in, and to nobody who left or has not come yet', async () => {
    const settings = {
      secretKeys: ['a key of the tests, 32 characters or more'],
      publicUrl: 'http://127.0.0.1',
      pagesAccess: 'accounts' as const,
    };
    const { accounts } = accountAccess(opened.mail, db, settings);
    const editor = await opened.account('editor@shop.example', 'editor');
    await opened.account('colleague@shop.example', 'viewer');
    const left = await opened.account('left@mail.example', 'admin');
    await db('postlane_accounts').where({ id: left.id }).update({ disabled_at: '2026-01-01 00:00:00.000' });
    const invited = await opened.account('invited@mail.example', 'viewer');
    await db('postlane_accounts').where({ id: invited.id }).update({ password: null });

    const page = {
      person: { id: editor.id, name: editor.name, role: 'editor' },
      by: editor.id,
      directory: accounts?.directory ?? emptyDirectory,
    } as Partial<Page> as Page;
    for (const to of ['editor@shop.example', 'EDITOR@shop.example', ' colleague@shop.example'])
      expect(await recipientProblem(page, to), to).to.equal(null);
    for (const to of ['left@mail.example', 'invited@mail.example', 'cölleague@shop.example'])
      expect(await recipientProblem(page, to), to).to.match(/your own address, editor@shop.example/);
  });
});
