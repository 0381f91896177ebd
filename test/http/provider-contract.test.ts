import { createPostmark } from '../../server/mail/providers/postmark/index.ts';
import { createSandbox } from '../sandbox/index.ts';
import { createReceiver } from '../sandbox/receiver.ts';
import { createCarrier } from '../support/carrier.ts';
import { itKeepsTheContract, type ProviderInUse } from '../support/provider-contract.ts';

const addresses = {
  arrives: 'ada@mail.example',
  webhook: 'http://127.0.0.1:9/hook',
  unreachableWebhook: 'https://nowhere.invalid/hook',
};

describe('the contract of a provider', () => {
  for (const transport of ['postmark-api', 'postmark-smtp'])
    describe(`kept by Postmark, ${transport}`, () => itKeepsTheContract(() => openPostmark(transport)));
  describe('kept by a carrier of another make', () => itKeepsTheContract(openCarrier));
});

async function openPostmark(transport: string): Promise<ProviderInUse> {
  const receiver = await createReceiver();
  const sandbox = await createSandbox({
    deliveryMs: 1,
    webhook: { url: receiver.url, username: 'hook', password: 'secret' },
  });
  const { token, apiUrl, smtpUrl, caCertificate } = sandbox;
  const provider = createPostmark({
    token,
    apiUrl,
    smtpUrl: smtpUrl.replace('//', `//${token}:${token}@`),
    smtpCa: caCertificate,
  });
  const eastern = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/New_York', dateStyle: 'short' });
  return {
    ...addresses,
    provider,
    transport,
    kindField: 'RecordType',
    stream: 'outbound',
    bounces: 'hardbounce.ada@mail.example',
    complains: 'complain.eve@mail.example',
    async bodies() {
      await sandbox.idle();
      return receiver.hooks.map(({ body }) => body).filter(body => body.RecordType !== 'SubscriptionChange');
    },
    list: (stream, address) => sandbox.suppress(stream, address),
    webhook: `${receiver.url}/second`,
    unreachableWebhook: 'http://127.0.0.1:9/webhooks/postmark',
    today: () => eastern.format(new Date()),
    goAway: () => sandbox.close(),
    async close() {
      await Promise.all(provider.transports.map(one => one.close()));
      await sandbox.close();
      await receiver.close();
    },
  };
}

async function openCarrier(): Promise<ProviderInUse> {
  const carrier = createCarrier();
  return {
    ...addresses,
    provider: carrier.provider,
    transport: 'carrier',
    kindField: 'type',
    stream: 'notices',
    bounces: 'gone@mail.example',
    complains: 'angry@mail.example',
    bodies: async () => carrier.bodies,
    list: carrier.list,
    today: () => new Date().toISOString().slice(0, 10),
    async goAway() {
      carrier.goAway();
    },
    async close() {},
  };
}
