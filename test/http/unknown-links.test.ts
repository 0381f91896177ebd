import { expect } from 'chai';
import request from 'supertest';
import { signedToken } from '../../server/mail/people/signed-links.ts';
import { testDatabase } from '../support/database.ts';
import { openRecipientApp, type RecipientApp, whatIsKept } from './recipient-app.ts';

describe('a link of recipients that is none of ours', () => {
  let at: RecipientApp;
  before(async () => {
    at = await openRecipientApp();
  });
  after(() => at.close());

  it('is answered with no more than that, and its token is not logged', async () => {
    const { id, unsubscribe } = await at.mailTo('ada@mail.example');
    const token = at.tokenOf(id);
    const otherKey = { publicUrl: null, secretKeys: ['another key of somebody else, 32 characters or more'] };
    const gone = await at.mailTo('ada@mail.example');
    await testDatabase()('postlane_message_contents').where({ message_id: gone.id }).delete();
    await testDatabase()('postlane_attempts').where({ message_id: gone.id }).delete();
    await testDatabase()('postlane_messages').where({ id: gone.id }).delete();
    const before = await whatIsKept();
    const hostile = {
      short: 'x',
      cut: token.slice(0, -1),
      longer: `${token}x`,
      'in capitals': token.toUpperCase(),
      'for another purpose': signedToken(
        { publicUrl: null, secretKeys: ['a key of the tests, 32 characters or more'] },
        'confirm',
        id,
      ),
      'by another key': signedToken(otherKey, 'recipient', id),
      'of another id': `${'0'.repeat(36)}.${token.split('.')[1]}`,
      'of a message that is gone': at.tokenOf(gone.id),
      'a null byte': '%00',
      'a null byte behind it': `${token}%00`,
      unicode: '%F0%9F%92%8C%E2%80%AE',
      script: '%3Cscript%3Ealert(1)%3C%2Fscript%3E',
      path: '..%2f..%2fetc',
      '5,000 characters': 'a'.repeat(5_000),
    };
    at.logged.length = 0;
    for (const [name, one] of Object.entries(hostile))
      for (const page of [`unsubscribe/${one}`, `unsubscribe/${one}/undo`, `preferences/${one}`])
        for (const ask of [request(at.app).get(`/mail/${page}`), request(at.app).post(`/mail/${page}`)]) {
          const { status, text } = await ask;
          expect(status, `${name} ${page}`).to.equal(404);
          expect(text).to.include('This link is not known').and.not.to.include('<script');
        }
    for (const page of ['unsubscribe', 'preferences'])
      await request(at.app).get(`/mail/${page}/${token}%ff`).expect(400);
    expect(await whatIsKept()).to.deep.equal(before);
    await request(at.app).post(unsubscribe).expect(200);
    expect(at.logged.join('\n')).to.include('/:token').and.not.to.include(token.slice(0, 30));
  });
});
