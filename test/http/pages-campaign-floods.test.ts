import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import request from 'supertest';
import { importRecipients } from '../../server/admin/campaigns/csv/import.ts';
import { textSource } from '../../server/admin/campaigns/temp-upload.ts';
import { deepJson } from '../support/hostile-requests.ts';
import { listen } from '../support/http-server.ts';
import { longestTurn } from '../support/longest-turn.ts';
import { useTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';
import { newsletterData, usePages } from './pages-mail.ts';

const twoMegabytes = (piece: string) => piece.repeat(Math.ceil(2_000_000 / piece.length));
const good = (count: number) =>
  Array.from({ length: count }, (_, i) => `reader-${i}@mail.example`).join('\n');

/** Each held up the event loop for many seconds, or for ever. */
const floods: Readonly<Record<string, string>> = {
  'lines that are no address': `email\n${twoMegabytes('x\n')}`,
  'lines of blanks': `email\n${twoMegabytes(' \n')}`,
  'lines of commas': `email\n${twoMegabytes(',,\n')}`,
  'quotes in the wrong place': `email\n${twoMegabytes('"a" b",\n')}`,
  'quotes that are never closed': `email\n${`"${'a\n'.repeat(40_000)}`.repeat(25)}`,
  'lines that are no UTF-8': `email\n${twoMegabytes('\ufffd\n')}`,
  'one line': twoMegabytes('x'),
  '30,000 columns': `email${',x'.repeat(30_000)}\n${twoMegabytes('x\n')}`,
};

describe('a list of recipients that is none', function () {
  this.timeout(60_000);
  const { pages, post } = usePages();

  const create = async () => {
    const { mail } = pages();
    return (await mail.campaigns.create({ name: 'x', template: 'newsletter', data: newsletterData })).id;
  };
  const headers = (type: string) => ({
    ...{ Cookie: pages().visit.cookie, 'X-CSRF-Token': pages().visit.token, 'Content-Type': type },
    Accept: 'text/html',
  });
  const upload = (id: string, csv: string, query = '') =>
    request(pages().app).post(`/campaigns/${id}/recipients${query}`).set(headers('text/csv')).send(csv);

  for (const [what, text] of Object.entries(floods))
    for (const faulty of ['take', 'refuse'] as const)
      it(`of ${what} is read in short turns and given up early (${faulty})`, async () => {
        const id = await create();
        const begun = process.cpuUsage();
        const longest = await longestTurn(async () => {
          const result = await importRecipients(pages().mail, id, textSource(text), {
            by: 'x',
            faulty,
          }).catch((error: Error) => error.message);
          if (typeof result === 'string') expect(result).to.have.length.below(500);
          else {
            expect(result).to.include({ stopped: true, added: 0 });
            expect(result.errors).to.have.length.at.most(1000);
          }
        });
        const { user } = process.cpuUsage(begun);
        // Alone it is 60 ms and 400 ms or so.
        expect(longest, 'processor time of a turn in ms').to.be.below(1_500);
        expect(user / 1000, 'processor time in ms').to.be.below(5_000);
      });

  it('is no list with some errors, which is read to its end', async () => {
    const id = await create();
    const lines = Array.from({ length: 26_000 }, (_, i) => (i % 13 < 5 ? 'x' : `r-${i}@mail.example`));
    const source = textSource(['email', ...lines].join('\n'));
    const result = await importRecipients(pages().mail, id, source, { by: 'x', faulty: 'take' });
    expect(result).to.include({ stopped: false, lines: 26_000, added: 16_000, rejected: 10_000 });
  });

  it('holds up nobody either when a host hands it over in code', async () => {
    const id = await create();
    const recipients = Array.from({ length: 200_000 }, () => ({ email: 'x' }));
    const longest = await longestTurn(async () => {
      const result = await pages().mail.campaigns.addRecipients(id, recipients, { checkOnly: true });
      expect(result).to.include({ rejected: 200_000 });
      expect(result.faults).to.have.length(1000);
      expect(result).not.to.have.property('stopped');
    });
    expect(longest).to.be.below(1_500);
    const stopped = await pages().mail.campaigns.addRecipients(id, recipients, { stopAtFaults: 50 });
    expect(stopped).to.include({ rejected: 50, stopped: true });
  });

  it('is said to be one on the page, and nobody else waits for it', async () => {
    const id = await create();
    const longest = await longestTurn(async () => {
      const { text } = await upload(id, `email\n${twoMegabytes('x\n')}`).expect(200);
      expect(text).to.include('Most lines are faulty: the rest was not read.').and.include('first 1,000');
      expect(text).to.have.length.below(500_000);
    });
    expect(longest).to.be.below(1_500);
  });

  it('is refused when it is compressed, which nothing here undoes', async () => {
    const type = headers('text/csv');
    await request(pages().app)
      .post(`/campaigns/${await create()}/recipients`)
      .set({ ...type, 'Content-Encoding': 'gzip' })
      .send(gzipSync('email\na@mail.example'))
      .expect(415);
    await request(pages().app)
      .post(`/campaigns/${await create()}/recipients`)
      .set({ ...type, 'Content-Type': 'application/octet-stream' })
      .send('email\na@mail.example')
      .expect(415);
  });

  it('is not even read as the shared data of a campaign that is nested too deep', async () => {
    for (const depth of [5_000, 500_000]) {
      const data = `{"articles":${deepJson(depth)}}`;
      const fields = { name: 'x', template: 'newsletter', topic: '', tag: '', sendAt: '', data };
      const { status } = await post('/campaigns', fields);
      expect(status, String(depth)).to.equal(422);
    }
  });

  describe('while it is under way', () => {
    const { folder } = useTempFolder();
    const before = process.env.TMPDIR;
    beforeEach(() => {
      process.env.TMPDIR = folder();
    });
    afterEach(() => {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    });

    /** An upload of which a part has come so far. */
    const begin = async (port: number, id: string, length: number, text: string) => {
      const socket = connect(port, '127.0.0.1');
      const lines = Object.entries({ ...headers('text/csv'), 'Content-Length': length, Host: 'x' });
      const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      socket.write(`POST /campaigns/${id}/recipients?faulty=take HTTP/1.1\r\n${head}\r\n${text}`);
      await once(socket, 'ready');
      return socket;
    };

    it('leaves no file that a killed process could leave behind', async function () {
      if (process.platform === 'win32') return this.skip();
      const server = await listen(pages().app);
      try {
        const socket = await begin(server.port, await create(), 100_000, 'email\na@mail.example\n');
        await new Promise(resolve => setTimeout(resolve, 500));
        // It is open and has no name any more.
        expect(readdirSync(folder())).to.deep.equal([]);
        socket.destroy();
      } finally {
        await server.close();
      }
    });

    it('is one of two of a person, and its place is free when the sender has gone', async () => {
      const server = await listen(pages().app);
      try {
        const id = await create();
        const open = [
          await begin(server.port, id, 100, 'email\n'),
          await begin(server.port, id, 100, 'email\n'),
        ];
        await until('two are under way', async () => {
          const { status, text } = await upload(id, 'email\na@mail.example');
          return (status === 429 && text.includes('Other lists are still being read')) || `${status}`;
        });
        for (const socket of open) socket.destroy();
        await until('a place is free', async () => {
          const { status } = await upload(id, 'email\na@mail.example');
          return status === 200 || `${status}`;
        });
      } finally {
        await server.close();
      }
    });

    it('is left when whoever sent it has gone', async () => {
      const server = await listen(pages().app);
      const { mail } = pages();
      try {
        const id = await create();
        const text = `email\n${good(60_000)}`;
        const socket = await begin(server.port, id, text.length, text);
        await until('some are added', async () => {
          const { audience } = await mail.campaigns.progress(id);
          return audience > 0 || 'none';
        });
        socket.destroy();
        let last = -1;
        await until(
          'no more are added',
          async () => {
            const { audience } = await mail.campaigns.progress(id);
            const isStill = audience === last;
            last = audience;
            return isStill || `${audience}`;
          },
          { everyMs: 700 },
        );
        expect(last).to.be.below(60_000);
      } finally {
        await server.close();
      }
    });
  });
});
