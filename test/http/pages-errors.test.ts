import { expect } from 'chai';
import express, { type Express } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { type Authenticate, mailRouter } from '../../server/app.ts';

import type { Mail } from '../../server/mail/index.ts';
import { testDatabaseUrl } from '../support/database.ts';
import { postForm, visitForms } from '../support/forms.ts';
import { openPagesMail } from './pages-mail.ts';

const secret = 'secret-of-the-host';

describe('pages when something unexpected happens', () => {
  let mail: Mail;
  /** Its connections to the database are gone. */
  let cut: Mail;
  const logged: { incident?: string; section?: string; method?: string; err?: { message?: string } }[] = [];
  const log = pino({ level: 'error' }, { write: line => logged.push(JSON.parse(line)) });

  before(async () => {
    ({ mail: cut } = await openPagesMail());
    await cut.close();
    ({ mail } = await openPagesMail());
  });
  beforeEach(() => {
    logged.length = 0;
  });
  after(() => mail.close());

  const appWith = (authenticate: Authenticate, over = mail): Express =>
    express().use(
      '/mail',
      mailRouter({ ...over, log }, { database: testDatabaseUrl(), webhookCredentials: [], authenticate }),
    );
  const failing = appWith.bind(null, () => {
    throw new Error(secret);
  });
  const withoutDatabase = () => appWith(() => true, cut);

  it('are a page in the frame, with an id that is in the log and nothing of what went wrong', async () => {
    for (const [app, path, section] of [
      [failing(), '/mail/templates?state=draft', 'templates'],
      [withoutDatabase(), '/mail/messages', 'messages'],
    ] as const) {
      logged.length = 0;
      const { text, type } = await request(app).get(path).accept('text/html').expect(500);
      expect(type).to.equal('text/html');
      expect(text).to.include('Something went wrong on our side').and.include('Nothing was changed.');
      expect(text, 'a way to try again').to.include(`href="./${path.slice(6).replace('=', '&#x3D;')}"`);
      expect(text, 'a way back').to.include(`href="./${section}"`);
      expect(text).not.to.include(secret);
      const shown = /Incident <code>([0-9a-f]{8})</.exec(text)?.[1];
      expect(logged.map(({ incident }) => incident)).to.deep.equal([shown]);
      expect(logged[0]).to.include({ section, method: 'GET' });
    }
  });

  it('are JSON for a script, with the same id', async () => {
    const { body } = await request(failing()).get('/mail/session').accept('json').expect(500);
    expect(body).to.have.keys('code', 'message', 'incident');
    expect(body).to.include({ code: 'internal', incident: logged[0]?.incident });
    expect(JSON.stringify(body)).not.to.include(secret);
  });

  it('say of a change that nobody knows whether it was made', async () => {
    const app = withoutDatabase();
    const visit = await visitForms(app, '/mail/');
    const id = '0198c1de-0000-7000-8000-000000000000';
    const { text } = await postForm(app, `/mail/messages/${id}/cancel`, {}, visit).expect(500);
    expect(text).to.include('may or may not have been saved').and.not.include('Try again<');
  });

  it('keep the secret path of an invitation out of the log', async () => {
    await request(failing()).get(`/mail/invitation/${secret}`).expect(500);
    expect(JSON.stringify(logged.map(({ err: _, ...line }) => line))).not.to.include(secret);
  });
});
