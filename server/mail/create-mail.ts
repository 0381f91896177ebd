import { connect } from '../../db/connect.ts';
import { checkSchema, migrate } from '../../db/migrate.ts';
import type { Mail } from './api.ts';
import { createCampaigns } from './campaigns/campaigns.ts';
import { expandCampaigns } from './campaigns/expand.ts';
import { carryConfig } from './carried-config.ts';
import type { MailContext } from './context.ts';
import { MailError } from './error.ts';
import { receive } from './events/receive.ts';
import { createWebhookPasswords } from './events/webhook-passwords.ts';
import { createWebhookSetup } from './events/webhook-setup.ts';
import { joinInstances } from './instances/join.ts';
import { createMessages } from './messages/messages.ts';
import { purgeExpired } from './messages/purge.ts';
import { rollUp } from './monitoring/roll-up.ts';
import { createMonitoring } from './monitoring/series.ts';
import { createConsent } from './people/consent.ts';
import { createSuppressions } from './people/suppressions.ts';
import { createReconciliations, reconcile } from './reconciliation/reconcile.ts';
import { createConnections } from './routing/connections.ts';
import { createSend, type Send, sendBatch } from './sending/accept.ts';
import { deliver, deliverDue } from './sending/deliver.ts';
import { createInlineQueue } from './sending/inline-queue.ts';
import { recoverLeases, resolveUnknowns } from './sending/unknowns.ts';
import { createAudit } from './shared/audit.ts';
import { warnOnClockSkew } from './shared/clock-skew.ts';
import { createAuthoring, createTemplateChecks } from './templates/index.ts';
import { type MailConfig, type MailDeps, type TemplateFolders, templateFolders, wire } from './wiring.ts';

/** Opens the module: connects and migrates. Throws when one of them fails. Template files are published by a push alone. */
export async function createMail(config: MailConfig, deps: MailDeps = {}): Promise<Mail> {
  const db = deps.db ?? connect(config.database, { poolSize: deps.poolSize });
  const releaseDb = async () => void (deps.db ? null : await db.destroy());
  try {
    await (config.migrate === false ? checkSchema(db) : migrate(db));
    const context = wire(config, deps, db);
    await warnOnClockSkew(context, deps.machineClock ?? context.now);
    const membership = await joinInstances(context, deps.role ?? 'app');
    const release = async () => {
      await membership.leave();
      await releaseDb();
    };
    return carryConfig(mailOf(context, templateFolders(config), release), config);
  } catch (error) {
    await releaseDb();
    throw error;
  }
}

function mailOf(context: MailContext, folders: TemplateFolders, release: () => Promise<void>): Mail {
  const { db, now, templates, log, providers } = context;
  const queue = createInlineQueue(claims => deliver(context, claims), log);
  const send = createSend(context, queue);
  const passwords = createWebhookPasswords(context);
  const checks = createTemplateChecks(context);
  let closed = false;

  const sendOne: Send = async (input, options) => {
    if (closed) throw new MailError('closed', 'The mail module has been closed.');
    return send(input, options);
  };

  return {
    send: sendOne,
    sendBatch: (items, options = {}) => sendBatch(sendOne, items, options),

    messages: createMessages(context),
    campaigns: createCampaigns(context),
    suppressions: createSuppressions(context),
    consent: createConsent(context),

    templates: {
      ...checks,
      ...createAuthoring(context, { ...folders, checks }),
      keys: () => templates.keys(),
      async sample(key, locale = null) {
        const template = await templates.published(key);
        return template.render(template.check(template.content.sample), { locale, unsubscribe: '#' });
      },
    },

    async receive(provider, payload) {
      const reader = providers.find(provider)?.events;
      if (!reader) throw new MailError('invalid-input', `Nothing comes from ${provider} here.`, 'provider');
      return receive(context, provider, reader.read(payload, now()), 'webhook');
    },

    providers: {
      names: providers.names,
      describeBounce: providers.describeBounce,
      describeSuppression: providers.describeSuppression,
    },

    audit: createAudit(context),
    reconciliations: createReconciliations(context),
    monitoring: createMonitoring(context),
    connections: createConnections(context),
    webhookPasswords: passwords,
    webhooks: createWebhookSetup(context, passwords),

    work: {
      deliverDue: (lane, signal) => deliverDue(context, lane, signal),
      expandCampaigns: signal => expandCampaigns(context, signal),
      recoverLeases: () => recoverLeases(context),
      resolveUnknowns: signal => resolveUnknowns(context, signal),
      reconcile: () => reconcile(context),
      rollUp: signal => rollUp(context, signal),
      purge: () => purgeExpired(context),
    },

    log,

    async ping() {
      await db.raw('SELECT 1');
    },

    async close() {
      if (closed) return;
      closed = true;
      await queue.idle();
      await context.renderPool.close();
      await Promise.all([...context.transports.values()].map(transport => transport.close()));
      await release();
    },
  };
}
