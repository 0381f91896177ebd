import type { Models } from 'postmark';
import type { Receiver } from '../sandbox/receiver.ts';
import { type SandboxInUse, useSandboxAndReceiver } from './sandbox.ts';

/** A sandbox for tests of its webhooks API, with an endpoint to be probed and posted to. */
export interface WebhooksApi extends SandboxInUse {
  receiver: Receiver;
  /** Makes a webhook for deliveries, unless told otherwise; `more` may hold what the client's types lack. */
  create(more?: object): Promise<Models.Webhook>;
  /** Sends a message and waits for every report of it, repeated ones too. */
  send(more?: object): Promise<void>;
  /** Calls what the client has no method for. */
  call<T>(method: string, path: string): Promise<T>;
}

/** One for each test of the suite, which sets a webhook aside after two failures. */
export function useWebhooksApi(): WebhooksApi {
  const opened = useSandboxAndReceiver(() => ({ deliveryMs: 1, retryScale: 1, webhookPauseAfter: 2 }));
  const { sandbox, client, receiver } = opened;
  const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };
  return {
    ...opened,
    create: (more = {}) =>
      client.createWebhook({ Url: receiver.url, Triggers: { Delivery: { Enabled: true } }, ...more }),
    async send(more = {}) {
      await client.sendEmail({ ...mail, ...more });
      await sandbox.idle({ withRetries: true });
    },
    async call<T>(method: string, path: string) {
      const headers = { accept: 'application/json', 'x-postmark-server-token': sandbox.token };
      const response = await fetch(sandbox.apiUrl + path, { method, headers });
      return (await response.json()) as T;
    },
  };
}

/** With everything that an event repeats. */
const reportedMail = {
  From: 'Shop <shop@sender.example>',
  To: 'ada@mail.example',
  Subject: 'Hello',
  TextBody: 'Hi',
  Tag: 'receipt',
  Metadata: { order: 'A-17' },
};

/** A sandbox that reports to an endpoint with a password. */
export interface Reports extends SandboxInUse {
  receiver: Receiver;
  /** Sends a mail with a tag and metadata, or as told, and waits for its first reports; resolves with its MessageID. */
  send(more?: object): Promise<string>;
}

/** One for each test of the suite. */
export function useReports(): Reports {
  const opened = useSandboxAndReceiver(({ url }) => ({
    deliveryMs: 1,
    retryScale: 2,
    webhook: { url, username: 'hook', password: 'se:cret' },
  }));
  return {
    ...opened,
    async send(more = {}) {
      const { MessageID } = await opened.client.sendEmail({ ...reportedMail, ...more });
      await opened.sandbox.idle();
      return MessageID;
    },
  };
}
