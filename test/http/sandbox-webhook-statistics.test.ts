import { expect } from 'chai';
import { restClient } from '../sandbox/clients.ts';
import { createSandbox } from '../sandbox/index.ts';
import { useWebhooksApi } from '../support/sandbox-webhooks.ts';

const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };

describe("the statistics of the sandbox's webhooks", () => {
  const { sandbox, client, receiver, create, send, call } = useWebhooksApi();

  it('keeps statistics of the last 24 hours', async () => {
    const { ID } = await create();
    receiver.answerWith(500, 200, 404);
    await send();
    await send();
    type Statistics = { Metrics: Record<string, number | null>; TimeRange: object; MetricsByTrigger: object };
    const statistics = (): Promise<Statistics> => call('GET', `/webhooks/${ID}/statistics`);
    const { Metrics, TimeRange, MetricsByTrigger, ...rest } = await statistics();
    expect(rest).to.deep.equal({
      WebhookId: ID,
      ServerId: 77,
      MessageStreamId: 'outbound',
      Url: receiver.url,
      Statuses: { Delivery: 'verified' },
    });
    expect(TimeRange).to.include({ Hours: 24 }).and.to.have.keys('StartTime', 'EndTime', 'Hours');
    const { AverageTerminalResponseTimeMs, AverageRetryResponseTimeMs, ...counts } = Metrics;
    expect(counts).to.deep.equal({
      TotalRequests: 3,
      SuccessCount: 1,
      FailureCount: 1,
      RetryCount: 1,
      SuccessRate: 50,
      SlowCount: 0,
      VerySlowCount: 0,
    });
    expect([typeof AverageTerminalResponseTimeMs, typeof AverageRetryResponseTimeMs]).to.deep.equal([
      'number',
      'number',
    ]);
    expect(MetricsByTrigger).to.deep.equal({ Delivery: Metrics });
    await sandbox.clock.advance(25 * 3_600_000);
    expect((await statistics()).Metrics).to.include({ TotalRequests: 0, AverageRetryResponseTimeMs: null });
  });

  it('pauses the trigger that keeps failing, and only that', async () => {
    const { ID } = await create({ Triggers: { Delivery: { Enabled: true }, Open: { Enabled: true } } });
    receiver.answerWith(404, 404);
    await send();
    await send();
    receiver.hooks.length = 0;
    await send();
    sandbox.open('ada@mail.example');
    await sandbox.idle();
    expect(receiver.hooks.map(({ body }) => body.RecordType)).to.deep.equal(['Open']);
    expect(await client.getWebhook(ID)).to.include({ Status: 'unverified' });
    const { Statuses } = await call<{ Statuses: object }>('GET', `/webhooks/${ID}/statistics`);
    expect(Statuses).to.deep.equal({ Delivery: 'unverified', Open: 'verified' });
  });

  it('gives up what waits for a webhook that was deleted', async () => {
    const slow = await createSandbox({ deliveryMs: 1, retryScale: 60_000 });
    const slowClient = restClient(slow);
    const { ID } = await slowClient.createWebhook({
      Url: receiver.url,
      Triggers: { Delivery: { Enabled: true } },
    });
    receiver.answerWith(500);
    await slowClient.sendEmail(mail);
    await slow.idle();
    await slowClient.deleteWebhook(ID);
    receiver.hooks.length = 0;
    await slow.clock.advance(2 * 3_600_000);
    expect(receiver.hooks).to.deep.equal([]);
    expect(slow.webhookCounts()).to.include({ waitingForRetry: 0, givenUp: 1 });
    await slow.close();
  });
});
