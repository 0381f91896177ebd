import { expect } from 'chai';
import express, { type RequestHandler } from 'express';
import { pino } from 'pino';
import request from 'supertest';
import { errorHandler } from '../../server/errors.ts';
import { type Mail, MailError, type MailErrorCode } from '../../server/mail/index.ts';
import { safeLog } from '../../server/mail/shared/log.ts';

describe('errors as HTTP answers', () => {
  const logged: { level: number; path?: string; err?: { message: string } }[] = [];
  const log = pino({ level: 'warn' }, { write: line => logged.push(JSON.parse(line)) });
  // The handler needs nothing of the module but its log.
  const mail = { log: safeLog(log) } as Mail;
  beforeEach(() => {
    logged.length = 0;
  });

  const appWith = (handler: RequestHandler) => {
    const app = express();
    // Express itself prints what it cannot answer, except in tests.
    app.set('env', 'test');
    app.use(express.json({ limit: 1000 }));
    app.all('/try/:what', handler);
    app.use(errorHandler(mail));
    return request(app);
  };
  const failing = (error: unknown) =>
    appWith(() => {
      throw error;
    });

  const statuses: Record<MailErrorCode, number> = {
    'invalid-input': 422,
    'invalid-address': 422,
    'invalid-data': 422,
    'invalid-template': 422,
    'unknown-category': 422,
    'too-many-recipients': 422,
    'forbidden-attachment': 422,
    'too-large': 413,
    'unknown-template': 404,
    'unknown-approval': 404,
    'unknown-campaign': 404,
    'unknown-message': 404,
    'idempotency-conflict': 409,
    'wrong-state': 409,
    confidential: 403,
    closed: 503,
    configuration: 422,
  };
  for (const [code, status] of Object.entries(statuses)) {
    it(`${code} is ${status}, with its code and field`, async () => {
      const error = new MailError(code as MailErrorCode, 'What is wrong.', 'to[1]');
      const { body } = await failing(error).get('/try/x').accept('json').expect(status);
      expect(body).to.deep.equal({ error: code, message: 'What is wrong.', field: 'to[1]' });
      expect(logged).to.deep.equal([]);
    });
  }

  it('leaves out a field that is none', async () => {
    const { body } = await failing(new MailError('closed', 'Closed.')).get('/try/x').accept('json');
    expect(body).to.deep.equal({ error: 'closed', message: 'Closed.' });
  });

  it('speaks plainly to a browser', async () => {
    const answer = await failing(new MailError('closed', 'Closed <b>.'))
      .get('/try/x')
      .accept('text/html')
      .expect(503);
    expect(answer.type).to.equal('text/plain');
    expect(answer.text).to.equal('Closed <b>.\n');
  });

  it('shows nothing of a surprise, and logs it', async () => {
    const error = new Error('secret connection string');
    const answer = await failing(error).get('/try/x').accept('json').expect(500);
    expect(answer.text).not.to.contain('secret');
    expect(answer.body).to.deep.equal({ error: 'internal', message: 'Something went wrong on our side.' });
    expect(logged).to.have.length(1);
    expect(logged[0]).to.include({ level: 50, path: '/try/x' });
    expect(logged[0]?.err?.message).to.contain('secret');
  });

  it('takes a surprise that is no error, and one that calls itself a server error', async () => {
    for (const error of ['text', 5, { status: 503, expose: true }, { status: 400, expose: false }]) {
      await failing(error).get('/try/x').accept('json').expect(500);
    }
  });

  it('is 400 for JSON that does not parse, 413 for too much, 400 for a path that does not decode', async () => {
    const app = appWith((_request, response) => {
      response.sendStatus(200);
    });
    await app.post('/try/x').type('json').send('{').expect(400);
    await app
      .post('/try/x')
      .type('json')
      .send(JSON.stringify('x'.repeat(2000)))
      .expect(413);
    await app.get('/try/%zz').expect(400);
    expect(logged.map(({ level }) => level)).to.deep.equal([40, 40, 40]);
  });

  it('cannot take back an answer that has begun', async () => {
    const app = appWith((_request, response) => {
      response.write('half');
      throw new MailError('closed', 'Closed.');
    });
    const outcome = await app.get('/try/x').then(
      ({ text }) => text,
      () => 'cut off',
    );
    expect(outcome).to.equal('cut off');
  });
});
