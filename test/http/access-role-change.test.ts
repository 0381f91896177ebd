import { expect } from 'chai';
import { type AccessApp, type Browser, openAccessApp } from './access-app.ts';

describe('another role', () => {
  let opened: AccessApp;
  let root: Browser;
  let grace: Browser;
  let page: string;
  before(async () => {
    opened = await openAccessApp();
    await opened.account('root@example.com', 'admin');
    const { id } = await opened.account('grace@example.com', 'publisher');
    page = `/users/${id}`;
    root = await opened.signedIn('root@example.com');
    grace = await opened.signedIn('grace@example.com');
  });
  after(() => opened.mail.close());

  const give = async (role: string) =>
    expect((await root.post(`${page}/role`, { role })).status).to.equal(303);

  it('that is lower holds in the session there is', async () => {
    expect((await root.get(page)).text, 'was seen').not.to.include('<dt>Last seen</dt><dd>never');
    await grace.get('/audit').expect(200);
    await give('viewer');
    const { text } = await grace.get('/audit').expect(403);
    expect(text, 'no way to where one may not be').to.include('Back to Overview');
    await grace.get('/messages').expect(200);
  });

  it('that is higher takes a session of its own', async () => {
    await give('admin');
    await grace
      .get('/users')
      .expect(303)
      .expect('Location', /sign-in.*ended=yes/);
    await grace.signIn('grace@example.com');
    await grace.get('/users').expect(200);
    await give('admin');
    await grace.get('/users').expect(200);
  });
});
