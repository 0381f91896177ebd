import assert from 'node:assert/strict';
import path from 'node:path';
import { connect, type Db } from '../../../db/connect.ts';
import type { TemplateVersionsRow } from '../../../db/rows.ts';
import type { Alert } from '../../../server/mail/index.ts';
import { until } from '../../support/until.ts';
import { openProcesses, type Processes, postlane, type Started } from './processes.ts';
import { prepareReleases, type Release } from './releases.ts';
import { type LocalPostmark, openLocalPostmark } from './sandbox.ts';
import { openTraffic, type Traffic } from './traffic.ts';

/**
 * A rolling deploy of release B over release A, its rollback, and the deploy once more, with two apps and a worker while
 * orders come in without a pause. Every accepted mail arrives exactly once, whichever release accepted and which sent it.
 */
export async function runRollingDeploy(scratch: string, tarball: string, databaseUrl: string): Promise<void> {
  const { a, b } = await prepareReleases(path.join(scratch, 'rolling-deploy'), tarball);
  const postmark = await openLocalPostmark(a);
  const processes = openProcesses({ DATABASE_URL: databaseUrl, ...postmark.variables });
  const db = connect(databaseUrl, { poolSize: 2 });
  const traffic = openTraffic();
  const since = Date.now();
  try {
    await db.schema.createTable('orders', table => void table.string('number').primary());
    await play({ a, b, postmark, processes, db, traffic });
  } finally {
    await traffic.stop();
    await processes.close();
    await postmark.close();
    await db.destroy();
  }
  const seconds = Math.round((Date.now() - since) / 1000);
  console.log(`${traffic.accepted.size} mails arrived once each, through three rollouts in ${seconds} s.`);
}

interface Stage {
  a: Release;
  b: Release;
  postmark: LocalPostmark;
  processes: Processes;
  db: Db;
  traffic: Traffic;
}

/** So many requests are accepted in each state of the rollout, some two seconds of them. */
const requestsPerState = 20;

async function play(stage: Stage): Promise<void> {
  const { a, b, processes, db, traffic } = stage;
  await processes.command(a, 'migrate');
  await processes.command(a, 'templates', 'push');
  const templatesOfA = await publishedTemplates(db);
  const shop = await startShop(stage, a);
  await traffic.more(requestsPerState);

  await deploy(stage, shop, b);
  await deploy(stage, shop, a);
  const rolledBack = await publishedTemplates(db);
  assert.deepEqual(
    rolledBack.filter(({ template }) => template !== 'pickup-notice').map(({ content_hash }) => content_hash),
    templatesOfA.map(({ content_hash }) => content_hash),
    'A rollback publishes the templates of its release again.',
  );
  await until('mail of the newer category waits', async () => (await waitingPickups(db)) > 0 || 'none');
  await deploy(stage, shop, b);

  await traffic.stop();
  await checkArrivals(stage);
  await until('no alert is left', async () => {
    const alerts = await alertsAt(shop.apps[0]);
    return alerts.length === 0 || JSON.stringify(alerts);
  });
  assert.deepEqual(traffic.faults, []);
  assert.deepEqual(
    [...shop.apps, shop.worker].flatMap(one => one.fault() ?? []),
    [],
  );
}

interface Shop {
  apps: [Started, Started];
  worker: Started;
}

async function startShop({ processes, traffic }: Stage, release: Release): Promise<Shop> {
  const [first, second, worker] = await Promise.all([
    startApp(processes, release),
    startApp(processes, release),
    startWorker(processes, release),
  ]);
  traffic.add(first);
  traffic.add(second);
  return { apps: [first, second], worker };
}

/** As a pipeline does it, a rollback included: schema, templates, then the processes, one by one. */
async function deploy(stage: Stage, shop: Shop, release: Release): Promise<void> {
  const { processes, db, traffic } = stage;
  const since = Date.now();
  await processes.command(release, 'migrate');
  await traffic.more(requestsPerState);
  await processes.command(release, 'templates', 'push');
  const templates = await publishedTemplates(db);
  await rollOut(stage, shop, release);
  assert.deepEqual(await publishedTemplates(db), templates, 'A start published a template.');
  console.log(`Release ${release.name} was rolled out in ${Math.round((Date.now() - since) / 1000)} s.`);
}

/** Replaces one app, the worker, and the other app, each after some time of the releases side by side. */
async function rollOut(stage: Stage, shop: Shop, release: Release): Promise<void> {
  const { traffic, processes, db } = stage;
  await replaceApp(stage, shop, 0, release);
  for (const app of shop.apps) await alertOfDifference(app, true);
  await traffic.more(requestsPerState);
  if (release.name === 'B')
    await until('the older worker meets mail of the newer category', async () => {
      return (await waitingPickups(db)) > 0 || 'none';
    });

  await shop.worker.stop();
  shop.worker = await startWorker(processes, release);
  await traffic.more(requestsPerState);

  await replaceApp(stage, shop, 1, release);
  for (const app of shop.apps) await alertOfDifference(app, false);
  await traffic.more(requestsPerState);
}

async function replaceApp(
  { traffic, processes }: Stage,
  shop: Shop,
  at: 0 | 1,
  release: Release,
): Promise<void> {
  await traffic.remove(shop.apps[at]);
  await shop.apps[at].stop();
  shop.apps[at] = await startApp(processes, release);
  traffic.add(shop.apps[at]);
}

function startApp(processes: Processes, release: Release): Promise<Started> {
  return processes.start(release, 'app', ['app.js'], /listening on (\d+)/);
}

function startWorker(processes: Processes, release: Release): Promise<Started> {
  return processes.start(release, 'worker', [postlane, 'worker'], /"worker up"/);
}

async function alertsAt(app: Started): Promise<Alert[]> {
  const response = await fetch(`http://127.0.0.1:${app.ready[1]}/alerts`);
  if (!response.ok) throw new Error(`${app.name} answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as Alert[];
}

async function alertOfDifference(app: Started, isThere: boolean): Promise<void> {
  await until(`${app.name} ${isThere ? 'reports' : 'no longer reports'} the difference`, async () => {
    const kinds = (await alertsAt(app)).map(({ kind }) => kind);
    return kinds.includes('configuration') === isThere || kinds.join(', ');
  });
}

/** Every accepted mail arrived once, from a sender that it was accepted with, and nothing else arrived. */
async function checkArrivals({ traffic, postmark, db }: Stage): Promise<void> {
  await until('everything arrives', async () => {
    const { size } = await postmark.arrivals();
    return size >= traffic.accepted.size || `${size} of ${traffic.accepted.size}`;
  });
  const arrived = await postmark.arrivals();
  const wrong = [...arrived].filter(([order, senders]) => {
    const [sender = ''] = senders;
    return senders.length !== 1 || !traffic.accepted.get(order)?.has(addressOf(sender));
  });
  assert.deepEqual(wrong, [], 'Each arrives once, from the sender that it was accepted with.');
  assert.equal(arrived.size, traffic.accepted.size);
  const [row] = await db('orders').count({ orders: '*' });
  assert.equal(Number(row?.orders), traffic.rows(), 'The shop has a row for each.');
}

function addressOf(sender: string): string {
  return /[^\s<"]+@[^\s>"]+/.exec(sender)?.[0] ?? sender;
}

/** Messages that wait because a worker of release A met them and has no route for them. */
async function waitingPickups(db: Db): Promise<number> {
  const [row] = await db('postlane_messages')
    .where({ category: 'pickup', state: 'queued', reason: 'no-route' })
    .count({ messages: '*' });
  return Number(row?.messages);
}

function publishedTemplates(
  db: Db,
): Promise<Pick<TemplateVersionsRow, 'template' | 'version' | 'content_hash'>[]> {
  return db('postlane_template_versions')
    .where({ published: 1 })
    .select('template', 'version', 'content_hash')
    .orderBy('template');
}
