import { hostname } from 'node:os';
import { v7 as newId } from 'uuid';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { raiseAlert } from '../monitoring/alerts.ts';
import { missingRoutes, oldestAtStart } from '../monitoring/missing-routes.ts';
import { contentHash } from '../shared/fingerprint.ts';
import { configurationDifferences } from './comparison.ts';
import { configurationOf } from './configuration.ts';
import {
  endInstance,
  type Instance,
  type InstanceRole,
  insertInstance,
  liveInstances,
  renewInstance,
} from './instances-store.ts';
import { refusePlaceholders } from './refuse-placeholders.ts';
import { askForIds, knownServers, refuseOtherServers } from './servers.ts';
import { missingStreams } from './streams.ts';

/** This process among those that run. */
export interface Membership {
  /** Says that the process ends; resolves when nothing of it is under way any more. */
  leave(): Promise<void>;
}

type Own = Omit<Instance, 'startedAt' | 'seenAt'>;

/** Between two signs of life, in ms. */
const renewEveryMs = 30_000;

/** So many signs of life between two looks at what the providers have. */
const looksEvery = 60;

/**
 * Registers this process, compares what it is configured to do with the others that run, and reports what its
 * configuration lacks. Nothing of the others' is changed: each message keeps the route that it was accepted with. Throws
 * `configuration` when a server's name means another server elsewhere, and in production for the brand of the demo; a
 * database that does not answer is no reason to fail a start. A command is soon over: it joins nobody.
 */
export async function joinInstances(
  context: MailContext,
  role: InstanceRole | 'command',
): Promise<Membership> {
  if (role === 'command') return { leave: async () => {} };
  const { db, log, providers } = context;
  const own = newInstance(context, role);
  try {
    await refusePlaceholders(context);
    await refuseOtherServers(providers.all, own.servers, await liveInstances(db), log);
    await insertInstance(db, own);
    await report(context, own);
  } catch (err) {
    if (err instanceof MailError) throw err;
    log.warn({ err }, 'this process could not be registered beside the others that run');
  }
  return keepAlive(context, own);
}

function newInstance(context: MailContext, role: InstanceRole): Own {
  const configuration = configurationOf(context);
  return {
    id: newId(),
    role,
    host: hostname().slice(0, 255),
    pid: process.pid,
    fingerprint: contentHash(configuration),
    configuration,
    servers: knownServers(context.providers.all),
    findings: { missingStreams: [] },
  };
}

/** Says at once what is different and what is missing, and raises alerts that last until it is right. */
async function report(context: MailContext, own: Own): Promise<void> {
  const { db, log } = context;
  for (const difference of configurationDifferences(await liveInstances(db))) {
    await raiseAlert(context, difference);
    log.warn(difference, 'processes with different configurations run side by side');
  }
  for (const missing of await missingRoutes(context, oldestAtStart)) {
    await raiseAlert(context, missing);
    log.error({ ...missing, instance: own.id }, missing.problem);
  }
}

function keepAlive(context: MailContext, own: Own): Membership {
  const { db, log } = context;
  let signs = 0;
  let left = false;
  const once = async () => {
    try {
      if (signs++ % looksEvery === 0 || own.findings.missingStreams.length > 0) await look(context, own);
      if (left) return;
      if (!(await renewInstance(db, own))) await insertInstance(db, own);
    } catch (err) {
      log.warn({ err }, 'this process could not tell the others that it runs');
    }
  };
  let underWay = once();
  const timer = setInterval(() => {
    underWay = underWay.then(once);
  }, renewEveryMs);
  timer.unref();
  return {
    async leave() {
      left = true;
      clearInterval(timer);
      await underWay;
      await endInstance(db, own.id).catch(err =>
        log.warn({ err }, 'the end of this process was not recorded'),
      );
    },
  };
}

/** What only the providers can tell; who cannot be asked is asked again later. */
async function look(context: MailContext, own: Own): Promise<void> {
  await askForIds(context.providers.all, own.servers);
  own.findings = { missingStreams: await missingStreams(context) };
  for (const missing of own.findings.missingStreams) {
    await raiseAlert(context, { kind: 'missing-stream', ...missing });
  }
}
