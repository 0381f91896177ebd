import { expect } from 'chai';
import request from 'supertest';
import { publicRouter } from '../../server/app.ts';
import { hostExpresses, hostWith } from '../support/host-middleware.ts';
import { openRecipientApp, type RecipientApp, whatIsKept } from './recipient-app.ts';

describe('the preference page', () => {
  let at: RecipientApp;
  let people = 0;
  let address: string;
  before(async () => {
    at = await openRecipientApp();
  });
  beforeEach(() => {
    people += 1;
    address = `reader-${people}@mail.example`;
  });
  after(() => at.close());

  const wanted = async () => {
    const { topics, ...wide } = await at.mail.consent.preferences(address, { also: ['club'] });
    return { ...wide, ...Object.fromEntries(topics.map(({ key, subscribed }) => [key, subscribed])) };
  };
  const everything = {
    allBulk: false,
    nonEssential: false,
    newsletter: true,
    announcement: true,
    club: false,
  };
  const shown = ['newsletter', 'announcement'];
  const send = (path: string, fields: object) =>
    request(at.app)
      .post(path)
      .type('form')
      .send({ form: 'preferences', shown, ...fields });
  const answerIn = ({ text }: { text: string }) => /role="status".*?<\/div>/s.exec(text)?.[0] ?? '';

  it('shows every topic in the recipient’s language, that of the mail first, and what is wanted', async () => {
    const { preferences } = await at.mailTo(address, { topic: 'announcement', locale: 'nl' });
    const { text } = await request(at.app).get(preferences).expect(200);
    expect(text).to.include('lang="nl"').and.to.include('Het nieuws').and.to.include('Elke maand.');
    const keys = [...text.matchAll(/name="wanted" value="([^"]+)"[^>]*?( checked)?(?= |>)/g)].map(
      ([, key]) => key,
    );
    expect(keys).to.deep.equal(['announcement', 'newsletter']);
    const ofClub = await at.mailTo(address, { topic: 'club' });
    const hidden = (await request(at.app).get(ofClub.preferences).expect(200)).text;
    expect([...hidden.matchAll(/name="shown" value="([^"]+)"/g)].map(([, key]) => key)).to.deep.equal([
      'club',
      ...shown,
    ]);
    expect(hidden).not.to.match(/value="club"[^>]* checked/);
  });

  it('saves what is ticked, says what is other than before, and keeps how it was said', async () => {
    const { id, preferences } = await at.mailTo(address);
    const first = await send(preferences, { wanted: ['announcement'] }).expect(200);
    expect(answerIn(first)).to.include(
      'You are unsubscribed from “The &quot;News&quot; &amp; &lt;more&gt;”.',
    );
    expect(first.headers).not.to.have.property('set-cookie');
    expect(await wanted()).to.deep.equal({ ...everything, newsletter: false });
    const history = await at.mail.consent.history(address);
    expect(history).to.have.length(1);
    expect(history[0]).to.include({ source: 'person', locale: 'en' });
    expect(history[0]?.evidence).to.equal(`Preference page, by the link in message ${id}`);
    expect(history[0]?.wording).to.include('Once a month.').and.to.include('Only essential mail');

    expect(answerIn(await send(preferences, { wanted: ['announcement'] }))).to.include('like this already');
    expect(await at.mail.consent.history(address)).to.have.length(1);

    const all = await send(preferences, { wanted: shown, allBulk: 'on', nonEssential: 'on' }).expect(200);
    expect(answerIn(all))
      .to.include('You are subscribed to')
      .and.to.include('no longer receive newsletters or offers')
      .and.to.include('essential mail only')
      .and.not.to.include('Not all');
    expect(await wanted()).to.deep.equal({ ...everything, allBulk: true, nonEssential: true });
    await send(preferences, { wanted: shown }).expect(200);
    expect(await wanted()).to.deep.equal(everything);
  });

  it('subscribes to a topic with double opt-in at once, since they came by a mail', async () => {
    const { preferences } = await at.mailTo(address, { topic: 'club' });
    await send(preferences, { shown: ['club', ...shown], wanted: ['club', ...shown] }).expect(200);
    expect(await wanted()).to.deep.equal({ ...everything, club: true });
  });

  it('takes a topic that the form did not show for neither ticked nor unticked', async () => {
    const { preferences } = await at.mailTo(address);
    await send(preferences, { shown: ['newsletter'] }).expect(200);
    expect(await wanted()).to.deep.equal({ ...everything, newsletter: false });
    // Says nothing about what they never had, either.
    await send((await at.mailTo(address, { topic: 'club' })).preferences, { shown: ['club'], wanted: [] });
    expect(await at.mail.consent.history(address)).to.have.length(1);
  });

  it('changes nothing by what is no form of ours, and says so', async () => {
    const { preferences } = await at.mailTo(address);
    const before = await whatIsKept();
    const post = () => request(at.app).post(preferences);
    const forged: Record<string, [request.Test, number]> = {
      nothing: [post(), 422],
      'an empty form': [post().type('form').send(''), 422],
      'one click': [post().type('form').send('List-Unsubscribe=One-Click'), 422],
      'a form without its mark': [post().type('form').send({ shown }), 422],
      JSON: [post().type('json').send({ form: 'preferences', shown }), 422],
      multipart: [post().field('form', 'preferences').field('shown', 'newsletter'), 422],
      text: [post().type('text').send('form=preferences&shown=newsletter'), 422],
      'an unknown field': [send(preferences, { address: 'eve@mail.example' }), 422],
      'a tick of another value': [send(preferences, { allBulk: 'maybe' }), 422],
      'an unknown topic': [send(preferences, { wanted: ['no-such-topic'] }), 422],
      'a topic that is not shown': [send(preferences, { wanted: ['club'] }), 422],
      'a name of the language': [send(preferences, { wanted: ['__proto__'] }), 422],
      'another charset': [
        post().type('application/x-www-form-urlencoded; charset=nonsense').send('a=1'),
        415,
      ],
      'too many fields': [post().type('form').send('shown=a&'.repeat(3_000)), 413],
      'too much': [
        post()
          .type('form')
          .send(`form=${'x'.repeat(200_000)}`),
        413,
      ],
    };
    for (const [name, [ask, expected]] of Object.entries(forged)) {
      const answer = await ask;
      expect(answer.status, name).to.equal(expected);
      expect(answerIn(answer), name).to.include('Nothing was changed');
    }
    expect(await whatIsKept()).to.deep.equal(before);
  });

  it('says what cannot be had in words for a recipient, and nothing of what operators wrote', async () => {
    const { preferences } = await at.mailTo(address);
    await at.mail.suppressions.add({
      address,
      scope: 'topic',
      topic: 'newsletter',
      source: 'operator',
      note: 'asked by his wife',
    });
    const { text } = await request(at.app).get(preferences).expect(200);
    expect(text).not.to.match(/value="newsletter"[^>]* checked/);
    const answer = await send(preferences, { wanted: shown }).expect(200);
    expect(answerIn(answer))
      .to.include('We have turned this mail off')
      .and.not.to.include('You are subscribed');
    expect(answer.text).not.to.include('wife');
  });

  for (const [version, make] of Object.entries(hostExpresses))
    it(`works behind the parsers of a host with ${version}`, async () => {
      for (const extended of [true, false]) {
        const app = hostWith(make, [make.json(), make.urlencoded({ extended })], publicRouter(at.mail));
        address = `host-${version.slice(-1)}-${extended}@mail.example`;
        const { preferences } = await at.mailTo(address);
        const form = `form=preferences&${shown.map(key => `shown=${key}`).join('&')}&wanted=newsletter`;
        await request(app).post(preferences).type('form').send(form).expect(200);
        expect(await wanted()).to.deep.equal({ ...everything, announcement: false });
        const stripped = await request(app)
          .post(preferences)
          .type('json')
          .send({ form: 'preferences', shown });
        expect(stripped.status).to.equal(422);
      }
    });

  it('speaks the language of its mail, of its own choice, else of the browser', async () => {
    const dutch = await at.mailTo(address, { locale: 'nl' });
    const { text } = await request(at.app).get(`${dutch.preferences}?lang=de`).set('Accept-Language', 'fr');
    expect(text).to.include('lang="de"').and.to.include('Einstellungen').and.to.include('hreflang="nl"');
    const none = await at.mailTo(address);
    const french = await request(at.app).get(none.preferences).set('Accept-Language', 'fr-CA, en;q=0.1');
    expect(french.text).to.include('lang="fr"').and.to.include('Vos préférences');
    expect(french.headers['content-language']).to.equal('fr');
  });
});
