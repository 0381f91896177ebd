import { expect } from 'chai';
import type { ServerClient } from 'postmark';
import { postmarkClient } from '../../server/mail/providers/postmark/client.ts';
import { readPosted } from '../../server/mail/providers/postmark/events.ts';
import { createPostmarkLists } from '../../server/mail/providers/postmark/reconciliation.ts';
import { listen } from '../support/http-server.ts';
import { providerSamples } from '../support/provider-samples.ts';

/** A client whose bounces are so many in a second that a window has to be halved until it is small. */
function crowdedClient(perSecond: number) {
  const asked: { from: string; to: string }[] = [];
  const getBounces = async ({ fromDate, toDate, offset }: Record<string, string | number>) => {
    const [from, to] = [String(fromDate), String(toDate)];
    const seconds = (Date.parse(`${to}Z`) - Date.parse(`${from}Z`)) / 1000;
    const TotalCount = Math.max(0, seconds + 1) * perSecond;
    if (TotalCount <= 10_000 && offset === 0) asked.push({ from, to });
    return { TotalCount, Bounces: [] };
  };
  return { client: { getBounces } as unknown as ServerClient, asked };
}

describe('the list of bounces', () => {
  const windows: [string, string, string][] = [
    ['some minutes', '2026-05-04T03:30:00Z', '2026-05-04T03:50:00Z'],
    ['the hour that clocks show twice', '2026-11-01T05:20:00Z', '2026-11-01T06:50:00Z'],
    ['the hour that clocks leave out', '2026-03-08T06:50:00Z', '2026-03-08T07:10:00Z'],
  ];
  for (const [what, from, to] of windows) {
    it(`are read without a gap in ${what}, however many there are`, async () => {
      const { client, asked } = crowdedClient(50);
      for await (const _ of createPostmarkLists({ hasty: client, patient: client }).bounces(
        'outbound',
        new Date(from),
        new Date(to),
      ));
      expect(asked.length).to.be.above(1);
      for (const [i, window] of asked.entries()) {
        expect(window.from <= window.to, `${window.from} to ${window.to}`).to.equal(true);
        if (i > 0) expect(window.from).to.equal(asked[i - 1]?.to);
      }
    });
  }

  it('tells of a bounce with a long id the same fact as its webhook', async () => {
    const bounce = JSON.stringify({ ...providerSamples.Bounce, ID: 0 }).replace(
      '"ID":0',
      '"ID":9007199254740993',
    );
    const server = await listen((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(`{"TotalCount":1,"Bounces":[${bounce}]}`);
    });
    try {
      const client = postmarkClient({ token: 'x', url: server.url });
      const listed = [];
      const at = new Date('2026-05-04T03:30:00Z');
      for await (const { events } of createPostmarkLists({ hasty: client, patient: client }).bounces(
        'outbound',
        at,
        at,
      ))
        listed.push(...events);
      const event = readPosted({ text: bounce }, at);
      expect(listed.map(({ fact }) => fact)).to.deep.equal([event.fact]);
      expect(event.fact).to.include('9007199254740993');
    } finally {
      await server.close();
    }
  });
});
