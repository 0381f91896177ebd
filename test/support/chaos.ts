import type { Mail, MailConfig } from '../../server/mail/index.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { newsletterData } from './inputs.ts';
import { openMail, testConfig } from './mail.ts';
import { createRandom, type Random } from './random.ts';
import { endVictims } from './victims.ts';

/** A world that outlives the processes in it: the provider, a clean database, and our own view of it. */
export interface World {
  random: Random;
  sandbox: Sandbox;
  config: MailConfig;
  /** The module in the test's own process, to make campaigns with and to look; it delivers nothing. */
  mail: Mail;
  close(): Promise<void>;
}

/** Gives each test of the suite a world of its own; afterwards no process is left of it. */
export function useWorld(): () => World {
  let world: World | undefined;
  beforeEach(async () => {
    world = await createWorld();
  });
  afterEach(async function () {
    if (this.currentTest?.isFailed()) console.log(`      repeat with CHAOS_SEED=${world?.random.seed}`);
    await endVictims();
    await world?.close();
    world = undefined;
  });
  return () => {
    if (!world) throw new Error('There is a world only while a test runs.');
    return world;
  };
}

/** How often a test kills; CHAOS_KILLS asks for more. */
export const kills = Math.max(1, Number(process.env.CHAOS_KILLS ?? 5));

/** How long a test may take at all, in ms; `until` notices far sooner that nothing moves. */
export const longestMs = 240_000 + kills * 20_000;

/** A world whose provider finds an accepted message in its searches only after a while. */
async function createWorld(): Promise<World> {
  const random = createRandom();
  // Chance of its own: how many faults are drawn must not shift the moments of the kills.
  const { next } = createRandom(random.seed + 1);
  const sandbox = await createSandbox({ latencyMs: 20, searchLagMs: 400, keepBodies: 0, random: next });
  const { apiUrl, token, caCertificate } = sandbox;
  const smtpUrl = sandbox.smtpUrl.replace('//', `//${token}:${token}@`);
  const config = testConfig({ apiUrl, token, smtpUrl, smtpCa: caCertificate });
  const mail = await openMail({}, config);
  return {
    random,
    sandbox,
    config,
    mail,
    close: async () => {
      await mail.close();
      await sandbox.close();
    },
  };
}

/** Launches a campaign to so many recipients; returns its id and their addresses. */
export async function launchCampaign(mail: Mail, size: number): Promise<{ id: string; audience: string[] }> {
  const audience = Array.from({ length: size }, (_, i) => `reader${i}@mail.example`);
  const { id } = await mail.campaigns.create({
    name: 'Chaos',
    template: 'newsletter',
    topic: 'news',
    data: newsletterData,
  });
  await mail.campaigns.addRecipients(
    id,
    audience.map(email => ({ email })),
  );
  await mail.campaigns.launch(id);
  return { id, audience };
}

/** Makes the provider and the network as bad as they get, by every way in which an answer can be lost. */
export function troubleProvider({ faults }: Sandbox): void {
  const sometimes = (
    where: string,
    kind: Parameters<typeof faults.add>[0]['kind'],
    probability: number,
    more = {},
  ) => faults.add({ where, kind, probability, ...more });
  sometimes('smtp:connect', 'drop', 0.05);
  sometimes('smtp:rcpt', 'smtp-452', 0.005);
  sometimes('smtp:final', 'drop', 0.004);
  sometimes('smtp:final', 'reset-after-accept', 0.004);
  sometimes('smtp:final', 'smtp-451', 0.01);
  sometimes('smtp:final', 'slow', 0.1, { ms: 80 });
  for (const where of ['POST /email', 'POST /email/batch']) {
    sometimes(where, 'timeout-after-accept', 0.02);
    sometimes(where, 'reset-after-accept', 0.02);
    sometimes(where, 'truncated', 0.02);
    sometimes(where, 'reset-before', 0.02);
    sometimes(where, 'status', 0.04, { status: 503, body: { ErrorCode: 100, Message: 'Maintenance' } });
    sometimes(where, 'status', 0.02, { status: 500 });
  }
  sometimes('GET /messages/outbound', 'status', 0.1, { status: 503 });
}
