import { connect, type Db } from '../../../db/connect.ts';
import {
  type Config,
  type Environment,
  findOptions,
  loadReadable,
  type ReadableConfig,
} from '../../../server/config/index.ts';
import { type AccountReading, type Provider, routingOf } from '../../../server/mail/diagnosis.ts';
import { createMail, type Mail } from '../../../server/mail/index.ts';
import { PolicyFault, Unseen } from './unseen.ts';

/** What is examined. Each part is opened when the first check asks for it, and once. */
export interface Subject extends ReadableConfig {
  env: Environment;
  file: string | null;
  now(): Date;
  /** The database, once it has answered. Rejects with its own fault. */
  connected(): Promise<Db>;
  /** The same for all checks but that of the connection itself: rejects with {@link Unseen}. */
  db(): Promise<Db>;
  /** Rejects with {@link Unseen} where it cannot be opened. */
  mail(): Promise<Mail>;
  /** Policy and providers. Throws {@link Unseen} where the configuration has none. */
  routing(): ReturnType<typeof routingOf>;
  /** What a provider says of our credentials. */
  account(provider: Provider): Promise<AccountReading>;
  close(): Promise<void>;
}

/** Reads what there is of a configuration; whatever is wrong with it is a finding. */
export async function openSubject(
  env: Environment,
  configFile: string | undefined,
  now: () => Date,
): Promise<Subject> {
  const { config, given, wrong, faults, file } = await readWhatThereIs(env, configFile);
  const closing: (() => Promise<void>)[] = [];

  const connected = once(async () => {
    if (wrong.has('database')) throw new Unseen('The configuration names no database.');
    const db = connect(config.database, { poolSize: 4, acquireTimeoutMs: 8_000 });
    closing.push(() => db.destroy());
    await db.raw('SELECT 1');
    return db;
  });
  const db = () => connected().catch(() => Promise.reject(new Unseen('The database was not reached.')));

  const mail = once(async () => {
    if (faults.length > 0) throw new Unseen('The configuration has faults.');
    const opened = await createMail(
      { ...config, migrate: false, logger: silent },
      { db: await db(), role: 'command' },
    );
    closing.unshift(() => opened.close());
    return opened;
  });

  const routing = once(() => {
    if (wrong.has('postmark') || wrong.has('servers'))
      throw new Unseen('The configuration names no Postmark server.');
    const found = routed(config);
    closing.unshift(async () => {
      await Promise.all([...found.providers.transports.values()].map(transport => transport.close()));
    });
    return found;
  });

  const accounts = new Map<Provider, Promise<AccountReading>>();
  return {
    ...{ env, config, given, wrong, faults, file, now, connected, db, routing },
    mail: () => mail().catch(error => Promise.reject(asUnseen(error))),
    account(provider) {
      if (!provider.account) throw new Unseen(`${provider.name} tells nothing of its account.`);
      const reading = accounts.get(provider) ?? provider.account.read();
      accounts.set(provider, reading);
      return reading;
    },
    async close() {
      await Promise.allSettled(closing.map(close => close()));
    },
  };
}

async function readWhatThereIs(
  env: Environment,
  configFile: string | undefined,
): Promise<ReadableConfig & { file: string | null }> {
  try {
    const options = await findOptions({ env, file: configFile });
    return { ...loadReadable(env, options), file: options.file ?? null };
  } catch (error) {
    const readable = loadReadable(env);
    return { ...readable, faults: [(error as Error).message, ...readable.faults], file: null };
  }
}

function routed(config: Config): ReturnType<typeof routingOf> {
  try {
    return routingOf(config);
  } catch (error) {
    throw new PolicyFault((error as Error).message);
  }
}

function asUnseen(error: unknown): Unseen {
  if (error instanceof Unseen) return error;
  return new Unseen('The module cannot be opened on this database: see the checks of the database.');
}

const silent = { info() {}, warn() {}, error() {} };

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
