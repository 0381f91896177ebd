import type { Mail, Work } from '../api.ts';
import { MailError } from '../error.ts';
import type { Messages } from '../messages/api.ts';
import { deadLinks } from '../routing/mail-links.ts';
import { type Send, sendBatch } from '../sending/accept.ts';
import { createFileTemplates, type MailTemplates } from '../templates/index.ts';
import { createTopicRegister } from '../topics/register.ts';
import { type MailConfig, templateFolders, wire } from '../wiring.ts';
import { createFakeCampaigns } from './campaigns.ts';
import { createFakeConsent } from './consent.ts';
import { expandCampaigns } from './expand.ts';
import { deliverDue } from './hand-over.ts';
import { createFakeLedger, type FakeLedger, type HandedOver } from './ledger.ts';
import { createFakeMessages } from './messages.ts';
import { createFakeSuppressions } from './people.ts';
import { createFakeSend } from './send.ts';
import { createFakeTopics } from './topics.ts';
import { noDatabase, withRest } from './unsupported.ts';

export { formatMailbox } from '../providers/transport.ts';
export type { Entry, HandedOver } from './ledger.ts';

/** The module in memory, and what it would have handed over. */
export interface InMemoryMail {
  mail: Mail;
  /** Oldest first, once what is in hand is done. */
  handedOver(): Promise<readonly HandedOver[]>;
  /** Messages that wait, oldest first. */
  waiting(): Promise<FakeLedger['messages']>;
  /** Forgets everything but the templates. */
  reset(): Promise<void>;
}

/**
 * The module without a database and without a network: it checks, decides and renders by the same code, with the template
 * files of the configuration's folder, and keeps in memory what came of it.
 */
export function createInMemoryMail(config: MailConfig, { now }: { now: () => Date }): InMemoryMail {
  const { folder, brandFolders } = templateFolders(config);
  const files = createFileTemplates({ common: folder, brands: brandFolders });
  const wired = wire(config, { now }, noDatabase());
  const ledger = createFakeLedger();
  const topicRegister = createTopicRegister(wired, async () => [...ledger.topics.values()]);
  const context = { ...wired, ...files, topicRegister };
  const settle = async () => {
    while (ledger.inHand.size > 0) await Promise.allSettled([...ledger.inHand]);
  };
  return {
    mail: mailOf(context, ledger, settle),
    async handedOver() {
      await settle();
      return ledger.handedOver;
    },
    async waiting() {
      await settle();
      return ledger.messages;
    },
    async reset() {
      await settle();
      Object.assign(ledger, createFakeLedger());
      topicRegister.forget();
    },
  };
}

type Context = ReturnType<typeof wire>;

function mailOf(context: Context, ledger: FakeLedger, settle: () => Promise<void>): Mail {
  const { templates, providers, log } = context;
  const fakeSend = createFakeSend(context, ledger);
  const suppressions = createFakeSuppressions(context, ledger);
  let closed = false;
  const send: Send = async (input, options) => {
    if (closed) throw new MailError('closed', 'The mail module has been closed.');
    return fakeSend(input, options);
  };
  return withRest<Mail>('mail', {
    send,
    sendBatch: (items, options = {}) => sendBatch(send, items, options),
    messages: withRest<Messages>('mail.messages', createFakeMessages(context, ledger)),
    campaigns: createFakeCampaigns(context, ledger),
    suppressions,
    consent: createFakeConsent(context, ledger, { send, suppressions }),
    topics: createFakeTopics(context, ledger),
    templates: withRest<MailTemplates>('mail.templates', {
      keys: () => templates.keys(),
      async sample(key, locale = null) {
        const template = await templates.published(key);
        return template.render(template.check(template.content.sample), { locale, ...deadLinks(context) });
      },
    }),
    providers: {
      names: providers.names,
      describeBounce: providers.describeBounce,
      describeSuppression: providers.describeSuppression,
    },
    work: withRest<Work>('mail.work', {
      deliverDue: lane => deliverDue(context, ledger, lane),
      expandCampaigns: () => expandCampaigns(context, ledger),
      offerSuppressions: async () => 0,
      recoverLeases: async () => 0,
      resolveUnknowns: async () => 0,
      rollUp: async () => 0,
    }),
    log,
    async render({ template: key, data, locale = null }) {
      const template = await templates.published(key);
      return template.render(template.check(data), { locale, ...deadLinks(context) });
    },
    async ping() {},
    async close() {
      closed = true;
      await settle();
      await Promise.all([...context.transports.values()].map(transport => transport.close()));
    },
  });
}
