import { databaseTime } from '../../../db/connect.ts';
import { databaseSettings, serverSettings } from '../../../db/database-options.ts';
import { isThisMachine } from '../../../db/encryption.ts';
import { pendingIn, readHistory } from '../../../db/history.ts';
import { pendingMigrations } from '../../../db/migrate.ts';
import { SchemaError } from '../../../db/schema-error.ts';
import type { Config } from '../../../server/config/index.ts';
import { describeFailure } from '../failure.ts';
import { span } from '../layout.ts';
import { bad, type Examination, type Finding, good, unseen } from './check.ts';
import {
  databaseName,
  grants,
  missingRights,
  ownTables,
  serverFacts,
  tablesInOtherCharsets,
} from './database-store.ts';
import { schemaRights } from './rights.ts';
import { Unseen } from './unseen.ts';

/** The database: reached, of a fit version, with the rights, the encryption, the schema and the clock that we need. */
export const database: readonly Examination[] = [
  {
    name: 'database',
    async look({ connected, config }) {
      try {
        await connected();
        return good(`Connected to ${placeOf(config)}.`);
      } catch (error) {
        if (error instanceof Unseen) throw error;
        return bad(describeFailure(error).message, remedyFor((error as { code?: string }).code));
      }
    },
  },
  {
    name: 'database version',
    look: async ({ db }) => serverVersion((await serverFacts(await db())).version),
  },
  {
    name: 'database rights',
    async look({ db }) {
      const pool = await db();
      const tables = await ownTables(pool);
      if (tables.length === 0) return unseen('There are no tables yet.', 'Run postlane migrate.');
      const lacking: string[] = [];
      for (const table of tables) {
        const rights = await missingRights(pool, table);
        if (rights.length > 0) lacking.push(`${rights.join(', ')} on ${table.name}`);
      }
      if (lacking.length === 0) return good(`Reads and writes all ${tables.length} tables.`);
      return bad(
        `Lacking: ${lacking.join('; ')}.`,
        'GRANT SELECT, INSERT, UPDATE, DELETE on the database to the user of app and worker.',
      );
    },
  },
  {
    name: 'schema rights',
    async look({ db, config }) {
      const pool = await db();
      const rights = schemaRights(await grants(pool), await databaseName(pool));
      if (rights.kind === 'all') return good('May change the schema.');
      if (rights.kind === 'unknown')
        return unseen('Some rights come by a role, which cannot be seen from here.');
      const found = `May not ${rights.rights.join(', ')}.`;
      const pending = pendingIn(await readHistory(pool));
      const remedy = 'Run postlane migrate as a user who may, before each upgrade, and set migrate: false.';
      if (pending.length > 0) return bad(`${found} Migrations are pending.`, remedy);
      return config.migrate === false
        ? good(`${found} Nothing is pending, and migrate is false.`)
        : unseen(`${found} Nothing is pending.`, remedy);
    },
  },
  {
    name: 'database TLS',
    async look({ db, config }) {
      const { cipher } = await serverFacts(await db());
      return encryption(cipher, hostOf(config), databaseSettings(config.database).unencrypted === 'allow');
    },
  },
  {
    name: 'database charset',
    async look({ db }) {
      const pool = await db();
      const { charset } = await serverFacts(pool);
      const tables = await tablesInOtherCharsets(pool);
      if (charset !== 'utf8mb4')
        return bad(
          `The session is ${charset}.`,
          'Let no proxy or init_connect change the charset of a session.',
        );
      if (tables.length === 0) return good('utf8mb4.');
      return bad(
        `Not utf8mb4: ${tables.join(', ')}.`,
        'Restore them as "postlane migrate" made them: ALTER TABLE ... CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin.',
      );
    },
  },
  {
    name: 'migrations',
    async look({ db }) {
      try {
        const pending = await pendingMigrations(await db());
        if (pending.length === 0) return good('Up to date.');
        return bad(
          `Pending: ${pending.join(', ')}.`,
          'Run postlane migrate, or have what its --sql prints run.',
        );
      } catch (error) {
        if (!(error instanceof SchemaError)) throw error;
        return bad(
          error.message,
          'Install the release that this database belongs to, or use another database.',
        );
      }
    },
  },
  {
    name: 'database clock',
    async look({ db, now }) {
      const pool = await db();
      const before = now().getTime();
      const theirs = await databaseTime(pool);
      return clock('The database', theirs, new Date((before + now().getTime()) / 2));
    },
  },
];

const remedies: Readonly<Record<string, string>> = {
  ER_ACCESS_DENIED_ERROR:
    'Correct user and password in DATABASE_URL, or the grants for the host of this machine.',
  ER_DBACCESS_DENIED_ERROR: 'GRANT the user rights on this database, or correct its name in DATABASE_URL.',
  ER_BAD_DB_ERROR: 'CREATE DATABASE with this name, or correct it in DATABASE_URL.',
};

function remedyFor(code = ''): string {
  return (
    remedies[code] ??
    'See that the server runs, that DATABASE_URL names its host and port, and that no firewall is in between.'
  );
}

function placeOf(config: Config): string {
  return hostOf(config) ?? 'the database of the connection that was handed over';
}

/** Null where a function says it for each connection. */
function hostOf({ database }: Config): string | null {
  const settings = databaseSettings(database);
  if (typeof settings.connection === 'function') return null;
  if (settings.url === undefined && settings.connection === undefined) return null;
  const { host, socketPath } = serverSettings(settings);
  return socketPath ?? host ?? 'localhost';
}

/** Which servers Postlane runs on. */
export function serverVersion(version: string): Finding {
  const maria = /mariadb/i.test(version);
  const [, major = '0', minor = '0'] = /(?<!\d)(\d+)\.(\d+)/.exec(version.replace(/^5\.5\.5-/, '')) ?? [];
  const name = maria ? 'MariaDB' : 'MySQL';
  const atLeast = maria ? ([10, 6] as const) : ([8, 0] as const);
  const fits = Number(major) > atLeast[0] || (Number(major) === atLeast[0] && Number(minor) >= atLeast[1]);
  const found = `${name} ${version}`;
  return fits ? good(found) : bad(found, 'Use MySQL 8.0 or later, or MariaDB 10.6 or later.');
}

const ownNetwork = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:|[^.:]+$)/i;

/** Whether what is said to the database can be overheard; a null host is one that is not known, and somebody may have waived it. */
export function encryption(cipher: string, host: string | null, isWaived = false): Finding {
  if (cipher !== '') return good(`On, ${cipher}.`);
  if (host !== null && (host.startsWith('/') || isThisMachine(host)))
    return good('Off, and not needed on this machine.');
  const remedy =
    'Add ?ssl=verify-full to DATABASE_URL, with sslCa=FILE where the certificate is the provider’s own.';
  if (isWaived) return unseen('Off, as the configuration allows it by name.', remedy);
  if (host === null || ownNetwork.test(host))
    return unseen('Off: good enough only where nobody else is in the network between.', remedy);
  return bad(`Off, and ${host} is not this machine.`, remedy);
}

/** As far as two processes may be apart; see the grace of an attempt that nobody can account for. */
const tolerableMs = 30_000;

/** How another clock stands against ours. */
export function clock(whose: string, theirs: Date, ours: Date, resolutionMs = 0): Finding {
  const apartMs = ours.getTime() - theirs.getTime();
  if (Math.abs(apartMs) <= tolerableMs + resolutionMs)
    return good(`Agrees with this machine within ${span(tolerableMs)}.`);
  return bad(
    `${whose} is ${span(Math.abs(apartMs))} ${apartMs > 0 ? 'behind' : 'ahead of'} this machine.`,
    'Set the clock of this machine and of the database’s by NTP: else a mail whose answer was lost may go out twice.',
  );
}
