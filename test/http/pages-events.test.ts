import { expect } from 'chai';
import { providerSamples } from '../support/provider-samples.ts';
import { usePages } from './pages-mail.ts';

describe('pages about events of no message', () => {
  const { pages, page } = usePages();
  const post = (event: unknown) =>
    pages().mail.receive('postmark', typeof event === 'string' ? event : JSON.stringify(event));
  const linksIn = (html: string) => [...html.matchAll(/href="[^"]*events\/(\d+)"/g)].map(([, id]) => id);

  it('say that there are none', async () => {
    expect(await page('/streams')).to.include('streams/events"');
    expect(await page('/streams/events')).to.include('There is none: every event was about');
  });

  it('list what was of no message and what could not be read whole, and filter by both', async () => {
    await post({ ...providerSamples.Delivery, Metadata: {}, Recipient: 'stranger@mail.example' });
    await post({ RecordType: 'Bounce', ID: 5, Email: '<b>x</b>', BouncedAt: 'never' });
    await post([1, '</script><script>alert(1)</script>']);
    const all = await page('/streams/events');
    expect(all)
      .to.include('It names no message that was sent from here.')
      .and.include('stranger@mail.example');
    expect(all).to.include('Not read whole:').and.not.to.include('<b>x</b>');
    expect(linksIn(all)).to.have.length(3);
    expect(linksIn(await page('/streams/events?faults=yes'))).to.have.length(2);
    expect(linksIn(await page('/streams/events?kind=delivered'))).to.have.length(1);
    expect(await page('/streams/events?kind=opened')).to.include('There is none of these.');
  });

  it('show one, with its payload to those who may read it, to the digit', async () => {
    await post(
      `{"RecordType":"Open","ReceivedAt":"2026-05-04T09:00:00Z","Recipient":"s@mail.example","X":9007199254740993}`,
    );
    const [id] = linksIn(await page('/streams/events?kind=opened'));
    const one = await page(`/streams/events/${id}`);
    expect(one)
      .to.include('It names no message')
      .and.match(/people\?address(=|&#x3D;)s(@|%40)mail/);
    for (const wrong of [
      '/streams/events/1x',
      '/streams/events/99999999999999999999',
      '/streams/events/999999999',
    ])
      await page(wrong, 404);
    await page('/streams/events?kind=nothing', 422);
    await page('/streams/events?before=x', 422);
    expect(one).to.match(/9007199254740993|Reading it requires/);
  });

  it('continue where a page ends', async () => {
    for (let i = 0; i < 101; i++) await post({ RecordType: 'New', i });
    const first = await page('/streams/events?kind=other');
    const older =
      /rel="next" href="[^"]*(\?[^"]+)"/
        .exec(first)?.[1]
        ?.replaceAll('&amp;', '&')
        .replaceAll('&#x3D;', '=') ?? '';
    expect(linksIn(first)).to.have.length(100);
    expect(linksIn(await page(`/streams/events${older}`))).to.have.length(1);
  });
});
