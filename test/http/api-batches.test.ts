import { expect } from 'chai';
import { createApiTransport } from '../../server/mail/providers/postmark/api-transport.ts';
import type { Envelope, Outcome, Transport } from '../../server/mail/providers/transport.ts';
import { anEnvelope } from '../support/envelope.ts';
import { listen } from '../support/http-server.ts';
import { useOneSandbox } from '../support/sandbox.ts';

const kinds = (outcomes: Outcome[]) => outcomes.map(({ kind }) => kind);

describe('batches of the Postmark API transport', () => {
  const { sandbox } = useOneSandbox();
  let transport: Transport;
  beforeEach(() => {
    transport = createApiTransport({ token: sandbox.token, url: sandbox.apiUrl, timeoutMs: 5000 });
  });

  const send = (...envelopes: Envelope[]) => transport.send(envelopes, 60_000);

  it('batch shorter than what was sent: unknown for those without an answer', async () => {
    const body = [{ ErrorCode: 0, Message: 'OK', MessageID: 'id-1' }];
    sandbox.faults.add({ where: 'POST /email/batch', kind: 'status', status: 200, body });
    expect(kinds(await send(anEnvelope(), anEnvelope()))).to.deep.equal(['accepted', 'unknown']);
  });

  it('batch refused as a whole for one message: the others are sent', async () => {
    const poison = anEnvelope({ metadata: { poison: 'yes' } });
    const body = { ErrorCode: 403, Message: "Invalid request field(s): 'Metadata'." };
    sandbox.faults.add({ where: 'POST /email*', kind: 'status', status: 422, body, matching: '"poison"' });
    const envelopes = [...Array.from({ length: 6 }, () => anEnvelope()), poison, anEnvelope()];
    const outcomes = await send(...envelopes);
    expect(outcomes.map(({ code }) => code)).to.deep.equal([
      ...Array(6).fill('postmark-0'),
      'postmark-403',
      'postmark-0',
    ]);
    expect(envelopes.map(({ attemptId }) => sandbox.copies(attemptId))).to.deep.equal([
      1, 1, 1, 1, 1, 1, 0, 1,
    ]);
  });

  it('cuts a page into calls that Postmark takes', async () => {
    const sizes: number[] = [];
    const server = await listen((request, response) => {
      let size = 0;
      let items = 0;
      request.on('data', (chunk: Buffer) => {
        size += chunk.length;
        items += chunk.toString('latin1').split('"From"').length - 1;
      });
      request.on('end', () => {
        sizes.push(size);
        const ok = { ErrorCode: 0, Message: 'OK', MessageID: 'id' };
        response.setHeader('Content-Type', 'application/json');
        response.end(JSON.stringify(request.url === '/email' ? ok : Array(items).fill(ok)));
      });
    });
    transport = createApiTransport({ token: 'token', url: server.url, timeoutMs: 20_000 });
    try {
      // Quotes double in JSON: four bodies of 4.9 MB are 39 MB on the wire, and fourteen would be 137.
      const html = '"'.repeat(4.9 * 1024 * 1024);
      const outcomes = await send(...Array.from({ length: 6 }, () => anEnvelope({ html })));
      expect(kinds(outcomes)).to.deep.equal(Array(6).fill('accepted'));
      expect(sizes.length).to.be.above(1);
      for (const size of sizes) expect(size).to.be.below(50 * 1024 * 1024);
    } finally {
      await server.close();
    }
  });
});
