import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { fillDefaults } from '../sandbox/settings.ts';
import { takeMessage } from '../sandbox/smtp/intake.ts';
import { createProvider } from '../sandbox/state/create-provider.ts';
import type { Provider } from '../sandbox/state/provider.ts';

const MB = 1024 * 1024;
/** What a sandbox is to hold, and the memory it may take for that beside bodies, connections and code. */
const MESSAGES = 300_000;
const MOST_BYTES = 800 * MB;

describe("the sandbox's memory", () => {
  const provider = createProvider(fillDefaults({ deliveryMs: 0, keepBodies: 50 }));
  after(() => provider.clock.stop());

  it('stays small enough for 300,000 delivered messages of a campaign', async function () {
    this.timeout(60_000);
    await take(provider, 2_000, 'Hi');
    const before = heapUsed();
    const count = 20_000;
    await take(provider, count, 'Hi');
    const perMessage = (heapUsed() - before) / count;
    expect(provider.messages.count).to.equal(count + 2_000);
    expect(provider.messages.last()?.events.map(({ type }) => type)).to.deep.equal(['Delivered']);
    expect(perMessage * MESSAGES).to.be.below(MOST_BYTES);
  });

  it('lets go of what a message was cut out of', async () => {
    const file = `Content-Disposition: attachment; filename="a-name-of-some-length.pdf"\r\n\r\n${'x'.repeat(MB / 2)}`;
    const before = heapUsed();
    await take(provider, 200, file);
    expect(provider.messages.last()?.attachments).to.deep.equal(['a-name-of-some-length.pdf']);
    // A tenth of what would stay if each kept its source.
    expect(heapUsed() - before).to.be.below(10 * MB);
  });
});

/** Hands messages over as SMTP does, and waits until they are delivered. */
async function take(provider: Provider, count: number, body: string): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const to = `recipient.${randomUUID()}@mail.example`;
    takeMessage(provider, Buffer.from(`${headersFor(to)}\r\n\r\n${body}`), [to], null);
    if (i % 500 === 499) await turn();
  }
  while (provider.departures.size > 0) await turn();
}

function headersFor(to: string): string {
  return [
    'From: Shop <news@sender.example>',
    `To: ${to}`,
    `Subject: The news of this week for ${to}`,
    'X-PM-Message-Stream: broadcast',
    'X-PM-Tag: newsletter',
    `X-PM-Metadata-postlane-attempt: ${randomUUID()}`,
    `X-PM-Metadata-postlane-message: ${randomUUID()}`,
    'Content-Type: multipart/mixed; boundary=b',
  ].join('\r\n');
}

/** Bytes in use once everything that can go is gone. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
