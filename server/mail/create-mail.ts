import Joi from 'joi';
import { connect } from '../../db/connect.ts';
import { checkSchema, migrate } from '../../db/migrate.ts';
import { openTogether, type Together } from '../../db/together.ts';
import type { Mail, ProviderWords, Work } from './api.ts';
import { createApprovals } from './approvals/approvals.ts';
import { createCampaigns } from './campaigns/campaigns.ts';
import { expandCampaigns } from './campaigns/expand.ts';
import { carryConfig } from './carried-config.ts';
import type { MailContext } from './context.ts';
import { MailError } from './error.ts';
import { createIntake } from './events/intake.ts';
import { createReceiver } from './events/receiver.ts';
import { createEvents } from './events/unmatched.ts';
import { createWebhookPasswords } from './events/webhook-passwords.ts';
import { createWebhookSetup } from './events/webhook-setup.ts';
import { joinInstances } from './instances/join.ts';
import { createMessages } from './messages/messages.ts';
import { purgeExpired } from './messages/purge.ts';
import { healthOf } from './monitoring/health.ts';
import { rollUp } from './monitoring/roll-up.ts';
import { createMonitoring } from './monitoring/series.ts';
import { createConsent } from './people/create-consent.ts';
import { offerSuppressions } from './people/offers.ts';
import { createPeople } from './people/people.ts';
import { createSuppressions } from './people/suppressions.ts';
import { learnAtStart } from './reconciliation/learn.ts';
import { createReconciliations, reconcile } from './reconciliation/reconcile.ts';
import { createConnections } from './routing/connections.ts';
import { deadLinks } from './routing/mail-links.ts';
import { createSecurityEvents } from './security/security.ts';
import { createSend, type Send, sendBatch } from './sending/accept.ts';
import { deliver, deliverDue } from './sending/deliver.ts';
import { createInlineQueue } from './sending/inline-queue.ts';
import { recoverLeases, resolveUnknowns } from './sending/unknowns.ts';
import { createAudit } from './shared/audit.ts';
import { warnOnClockSkew } from './shared/clock-skew.ts';
import { argument, type Rules, withCheckedInput } from './shared/input.ts';
import { signalSchema, wordSchema } from './shared/schemas.ts';
import { withTimeout } from './shared/time.ts';
import {
  checkedTemplates,
  createAuthoring,
  createDraftChecks,
  createTemplateChecks,
} from './templates/index.ts';
import { createTopics } from './topics/topics.ts';
import { type MailConfig, type OpenDeps, type TemplateFolders, templateFolders, wire } from './wiring.ts';

/** Opens the module: connects and migrates. Throws when one of them fails. Template files are published by a push alone. */
export async function createMail(config: MailConfig, deps: OpenDeps = {}): Promise<Mail> {
  const db = deps.db ?? connect(config.database, { poolSize: deps.poolSize });
  const together = deps.db ? null : openTogether(config.database);
  const releaseDb = async () => {
    await together?.close();
    if (!deps.db) await db.destroy();
  };
  try {
    await (config.migrate === false ? checkSchema(db) : migrate(db));
    const context = wire(config, deps, db);
    await warnOnClockSkew(context, deps.machineClock ?? context.now);
    const membership = await joinInstances(context, deps.role ?? 'app');
    if (deps.role !== 'command') learnAtStart(context);
    const release = async () => {
      await membership.leave();
      await releaseDb();
    };
    return carryConfig(mailOf(context, together, templateFolders(config), release), config);
  } catch (error) {
    await releaseDb();
    throw error;
  }
}

function mailOf(
  context: MailContext,
  together: Together | null,
  folders: TemplateFolders,
  release: () => Promise<void>,
): Mail {
  const { db, templates, log, providers } = context;
  const queue = createInlineQueue(claims => deliver(context, claims), log);
  const send = createSend(context, queue);
  const receiver = createReceiver(context, together);
  const passwords = createWebhookPasswords(context);
  const checks = createTemplateChecks(context);
  const suppressions = createSuppressions(context);
  const authoring = createAuthoring(context, {
    ...folders,
    checks: { ...checks, ...createDraftChecks(context) },
  });
  let closed = false;

  const sendOne: Send = async (input, options) => {
    if (closed) throw new MailError('closed', 'The mail module has been closed.');
    return send(input, options);
  };

  const mail: Mail = {
    send: sendOne,
    sendBatch: (items, options = {}) => sendBatch(sendOne, items, options),

    messages: createMessages(context),
    campaigns: createCampaigns(context),
    suppressions,
    people: createPeople(context),
    consent: createConsent(context, { send: sendOne, suppressions }),
    topics: createTopics(context),

    templates: checkedTemplates({
      ...checks,
      ...authoring,
      keys: () => templates.keys(),
      async sample(key, locale = null) {
        const template = await templates.published(key);
        return template.render(template.check(template.content.sample), { locale, ...deadLinks(context) });
      },
    }),

    receive: createIntake(context, receiver),
    events: createEvents(context),

    providers: withCheckedInput<ProviderWords>(
      {
        names: providers.names,
        describeBounce: providers.describeBounce,
        describeSuppression: providers.describeSuppression,
      },
      wordRules,
      { now: ['describeBounce', 'describeSuppression'] },
    ),

    approvals: createApprovals(context, authoring),
    audit: createAudit(context),
    security: createSecurityEvents(context),
    reconciliations: createReconciliations(context),
    monitoring: createMonitoring(context),
    connections: createConnections(context),
    webhookPasswords: passwords,
    webhooks: createWebhookSetup(context, passwords),

    work: withCheckedInput<Work>(
      {
        deliverDue: (lane, signal) => deliverDue(context, lane, signal),
        expandCampaigns: signal => expandCampaigns(context, signal),
        recoverLeases: () => recoverLeases(context),
        resolveUnknowns: signal => resolveUnknowns(context, signal),
        reconcile: () => reconcile(context),
        offerSuppressions: signal => offerSuppressions(context, signal),
        rollUp: signal => rollUp(context, signal),
        purge: () => purgeExpired(context),
      },
      workRules,
    ),

    log,

    async render({ template: key, data, locale = null }) {
      const template = await templates.published(key);
      return template.render(template.check(data), { locale, ...deadLinks(context) });
    },

    health: () => healthOf(context),

    async ping() {
      await db.raw('SELECT 1');
    },

    async close({ timeoutMs = closesWithinMs } = {}) {
      if (closed) return;
      closed = true;
      // What is not handed over by then has its lease, and the worker takes over when that ends.
      await withTimeout(Promise.all([queue.idle(), receiver.idle()]), timeoutMs).catch(() =>
        log.warn('closed before all mail was handed over'),
      );
      await context.renderPool.close();
      await Promise.all([...context.transports.values()].map(transport => transport.close()));
      await release();
    },
  };
  return withCheckedInput(mail, mailRules);
}

const closesWithinMs = 30_000;

const sendOptions = argument('options', null);
const signal = argument('signal', signalSchema);
const mailRules: Rules<Mail> = {
  // Both check each message and the options themselves, and name the field.
  send: [argument('message', null), sendOptions],
  sendBatch: [argument('items', Joi.array().items(Joi.any()).required()), sendOptions],
  receive: [argument('provider', null), argument('payload', null)],
  render: [
    argument(
      'input',
      Joi.object({
        template: wordSchema.required(),
        data: Joi.any(),
        locale: Joi.string().allow(null).max(35),
      }).required(),
    ),
  ],
  health: [],
  ping: [],
  close: [argument('options', Joi.object({ timeoutMs: Joi.number().min(0).max(3_600_000) }))],
};
const workRules: Rules<Work> = {
  deliverDue: [argument('lane', Joi.valid('transactional', 'bulk').required()), signal],
  expandCampaigns: [signal],
  recoverLeases: [],
  resolveUnknowns: [signal],
  reconcile: [],
  offerSuppressions: [signal],
  rollUp: [signal],
  purge: [],
};
const wordRules: Rules<ProviderWords> = {
  describeBounce: [argument('type', Joi.string().allow('').max(1000).required())],
  describeSuppression: [
    argument(
      'suppression',
      Joi.object({
        reason: Joi.string().allow('').required(),
        origin: Joi.string().allow('').required(),
      })
        .unknown()
        .required(),
    ),
  ],
};
