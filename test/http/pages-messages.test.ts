import { expect } from 'chai';
import request from 'supertest';
import { testDatabase } from '../support/database.ts';
import { postForm, visitForms } from '../support/forms.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { alertData, usePages } from './pages-mail.ts';

describe('what can be done with a message', () => {
  const { pages, page } = usePages();

  const send = (more = {}) =>
    pages().mail.send(
      { template: 'operational-alert', to: 'ada@example.com', data: alertData, ...more },
      { wait: true },
    );
  /** Posts a form and follows to the page it leads to, which shows its notice once. */
  const submit = async (path: string, visited = pages().visit) => {
    const { headers } = await postForm(pages().app, path, {}, visited).expect(303);
    const location = new URL(String(headers.location), `http://host${path}`).pathname;
    const notice = [headers['set-cookie'] ?? []].flat().map((line: string) => line.split(';')[0]);
    const { text } = await request(pages().app)
      .get(location)
      .set('Cookie', [visited.cookie, ...notice].join('; '))
      .expect(200);
    return {
      location,
      notice: /<p class="notice"[^>]*data-state="(\w+)"><span>([^<]*)/.exec(text)?.slice(1),
    };
  };

  it('is a copy, a new message with the same content, in the audit log', async () => {
    const { id } = await send({
      attachments: [{ name: 'a.txt', content: 'aGk=' }],
      tag: 'ops',
      locale: 'nl',
    });
    const { location, notice } = await submit(`/messages/${id}/resend`);
    const copy = location.slice('/messages/'.length);
    expect(copy).not.to.equal(id);
    expect(notice?.[0]).to.equal('done');
    expect(await pages().mail.messages.get(copy)).to.include({
      state: 'queued',
      recipient: 'ada@example.com',
      tag: 'ops',
      locale: 'nl',
    });
    await pages().mail.work.deliverDue('transactional');
    const [first, second] = pages().api.given.slice(-2);
    expect({ ...second, attemptId: '' }).to.deep.equal({ ...first, attemptId: '' });
    expect(second?.attachments).to.have.length(1);
    const { entries } = await pages().mail.audit.list({ subject: `message:${copy}` });
    expect(entries.map(({ by, action }) => [by, action])).to.deep.equal([['host-1', 'message.resend']]);
    expect(await page(`/messages/${copy}`)).to.match(
      new RegExp(`<b>copied</b>[^§]*?<p>by host-1, from <a href="../messages/${id}">`),
    );
  });

  it('is cancelling what waits, and trying again what was settled', async () => {
    const { id } = await send({ sendAt: new Date(Date.now() + 3_600_000) }).catch(() =>
      pages().mail.send({
        template: 'operational-alert',
        to: 'ada@example.com',
        data: alertData,
        sendAt: new Date(Date.now() + 3_600_000),
      }),
    );
    expect((await submit(`/messages/${id}/reschedule`)).notice?.[0]).to.equal('done');
    expect((await pages().mail.messages.get(id))?.dueAt?.getTime()).to.be.at.most(Date.now());
    expect(await page(`/messages/${id}`))
      .to.include(`/${id}/cancel"`)
      .and.not.include(`/${id}/resend"`);
    expect((await submit(`/messages/${id}/cancel`)).notice?.[0]).to.equal('done');
    expect(await pages().mail.messages.get(id)).to.include({ state: 'cancelled' });
    expect((await submit(`/messages/${id}/cancel`)).notice).to.deep.equal([
      'failed',
      'A message that is cancelled cannot be cancelled.',
    ]);
    expect((await submit(`/messages/${id}/retry`)).notice?.[0]).to.equal('done');
    expect(await pages().mail.messages.get(id)).to.include({ state: 'queued' });
    const { entries } = await pages().mail.audit.list({ subject: `message:${id}` });
    expect(entries.map(({ action }) => action)).to.deep.equal([
      'message.retry',
      'message.cancel',
      'message.reschedule',
    ]);
    expect(await page(`/messages/${id}`)).to.match(/<b>cancelled<\/b>[^§]*?<b>retried<\/b>/);
  });

  it('is not trying again what would fail at once: it has expired, or its content is gone', async () => {
    const { id } = await send();
    await testDatabase()('postlane_messages')
      .where({ id })
      .update({ state: 'failed', expires_at: '2026-01-01 00:00:00' });
    expect(await page(`/messages/${id}`))
      .to.include('Send a copy')
      .and.not.include('Retry');
    const retry = async () => (await submit(`/messages/${id}/retry`)).notice;
    expect(await retry()).to.deep.equal(['failed', 'It has expired. A copy of it does not expire.']);
    await pages().mail.messages.purgeContent(id);
    expect(await page(`/messages/${id}`)).not.to.match(/Send a copy|Try again/);
    expect(await retry()).to.deep.equal(['failed', 'Its content has been purged.']);
    expect((await submit(`/messages/${id}/resend`)).notice).to.deep.equal([
      'failed',
      'Its content has been purged.',
    ]);
    expect(await pages().mail.messages.get(id)).to.include({ state: 'failed' });
  });

  it('is nothing for a viewer, nor for a form that is not ours', async () => {
    const { id } = await send();
    const viewer = pages().appAt('/', { id: 'host-2', name: 'Vera', role: 'viewer' });
    const theirs = await visitForms(viewer);
    const { text } = await request(viewer).get(`/messages/${id}`).expect(200);
    expect(text).not.to.include('Send a copy');
    for (const action of ['resend', 'cancel', 'retry']) {
      await postForm(viewer, `/messages/${id}/${action}`, {}, theirs).expect(403);
      await postForm(
        pages().app,
        `/messages/${id}/${action}`,
        {},
        { ...pages().visit, token: 'forged' },
      ).expect(403);
    }
    expect(await pages().mail.messages.get(id)).to.include({ state: 'sent' });
  });

  it('is reading each report as it came, escaped', async () => {
    const { id } = await send();
    const [attempt] = await testDatabase()('postlane_attempts').where({ message_id: id });
    await pages().mail.receive('postmark', {
      ...providerSamples.Delivery,
      MessageID: attempt.provider_message_id,
      Recipient: 'ada@example.com',
      Details: '<script>alert(1)</script>',
      DeliveredAt: new Date().toISOString(),
    });
    const [event] = await pages().mail.messages.events(id);
    const text = await page(`/messages/${id}/events/${event?.id}`);
    expect(text).to.include('&lt;script&gt;alert(1)').and.include('&quot;RecordType&quot;');
    expect(text).not.to.match(/<script>alert/);
    await page(`/messages/${id}/events/999999999`, 404);
    await page(`/messages/${id}/events/x`, 404);
  });

  it('is reading in sentences why it did not arrive, with the report folded below', async () => {
    const { id } = await send({ to: 'gone@example.com' });
    const [attempt] = await testDatabase()('postlane_attempts').where({ message_id: id });
    const at = new Date().toISOString();
    const about = { MessageID: attempt.provider_message_id, BouncedAt: at, Email: 'gone@example.com' };
    await pages().mail.receive('postmark', { ...providerSamples.Bounce, ...about });
    const text = await page(`/messages/${id}`);
    const note = /<div class="note" data-state="bounced">[^§]*?<\/div>/.exec(text)?.[0];
    expect(note)
      .to.include('The mailbox does not exist')
      .and.include('<q>smtp;550 5.1.1 no such user</q>')
      .and.include('this mailbox does not accept mail')
      .and.match(/<b>What to do:<\/b> Ask the recipient/);
    const [seen = '', folded = ''] = text.split('Event</summary>');
    expect(seen).not.to.match(/bounceId|HardBounce/);
    expect(folded).to.include('700000001');
  });

  it('is known beforehand to stop at a suppression, and at a consent withdrawn', async () => {
    const { id } = await send({ to: 'quiet@example.com' });
    expect(await page(`/messages/${id}`)).not.to.include('It will not be sent.');
    await pages().mail.suppressions.add('outbound', 'quiet@example.com', 'asked by phone');
    expect(await page(`/messages/${id}`)).to.match(
      /resend"[^§]*It will not be sent\.[^§]*added by an operator[^§]*suppressions\/one[^§]*Show the suppression/,
    );
    await testDatabase()('postlane_messages')
      .where({ id })
      .update({ state: 'suppressed', reason: 'consent withdrawn' });
    expect(await page(`/messages/${id}`)).to.include('The recipient has unsubscribed from this topic');
  });

  it('is finding it by an id of ours or of Postmark, and its recipient by a beginning', async () => {
    const { id } = await send({ to: 'zoe@example.com' });
    const [attempt] = await testDatabase()('postlane_attempts').where({ message_id: id });
    for (const name of [id, attempt.id, attempt.provider_message_id]) {
      const { headers } = await request(pages().app).get(`/messages?recipient=${name}`).expect(303);
      expect(headers.location, name).to.equal(`./messages/${id}`);
    }
    expect(await page('/messages?recipient=zo')).to.include('messages?recipient&#x3D;zoe%40example.com');
  });

  it('is filtering by stream, tag and time, and being refused what makes no sense', async () => {
    await send({ to: 'tagged@example.com', tag: `it's 100%_"` });
    const tag = encodeURIComponent(`it's 100%_"`);
    expect(await page(`/messages?tag=${tag}&stream=outbound`)).to.include('tagged@example.com');
    expect(await page('/messages?since=2020-01-01T00:00&until=2020-01-02T00:00')).to.include(
      'No messages match',
    );
    for (const [query, words] of [
      ['since=yesterday', 'such as 2026-05-04T09:00'],
      ['until=2026-13-45T99:99', 'such as 2026-05-04T09:00'],
      ['until=2026-02-31', 'such as 2026-05-04T09:00'],
      ['since=2026-05-04T10:00&until=2026-05-04T09:00', 'must be after the start'],
      ['stream=%00', 'The stream must be an id'],
      ['after=x', 'no such page of this list'],
    ]) {
      expect(await page(`/messages?${query}`, 422), query).to.include(words);
    }
  });
});
