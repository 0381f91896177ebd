import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type Db } from '../../../db/connect.ts';
import { emptyTables } from '../../../db/empty-tables.ts';
import { type Config, findOptions, loadConfig, type MailOptions } from '../../config/index.ts';
import { carryOn, createMail, type Mail, type MailDeps } from '../../mail/index.ts';
import { refuseProduction } from './test-database.ts';

/** What a module opened for tests may have otherwise than the suite's configuration says. */
export interface CapturedMailOptions extends Omit<MailOptions, 'database' | 'postmark'> {
  /**
   * Whether a send outside a transaction resolves only once its mail has been handed over, so that the next line finds
   * it. Default true.
   */
  wait?: boolean | undefined;
}

/** The modules on a suite's test database, on one pool. */
export interface Ledger {
  /** Whether it is known which database: then finders look into it. */
  isKnown(): boolean;
  /** Opens a module for the host. */
  open(options?: CapturedMailOptions): Promise<Mail>;
  /** The module that finders and worker's rounds use, opened when first asked for. */
  own(): Promise<Mail>;
  /** Waits until no message is in hand, a second at most. */
  settle(): Promise<void>;
  /** Deletes every row, with `templates` those of templates too. */
  empty(options: { templates: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** See {@link Ledger}. `captured` wins over the host's own options. */
export function createLedger(
  { config, testDatabase = false }: { config?: MailOptions | undefined; testDatabase?: boolean | undefined },
  captured: MailOptions,
  deps: MailDeps,
): Ledger {
  const opened: Mail[] = [];
  let suite: Promise<{ options: MailOptions; db: Db }> | undefined;
  let prepared: Promise<void> | undefined;
  let own: Promise<Mail> | undefined;

  async function begin(): Promise<{ options: MailOptions; db: Db }> {
    const options = config ?? (await findOptions());
    refuseProduction(options, process.env, testDatabase);
    const { database } = loadConfig(process.env, { ...options, ...captured });
    return { options, db: connect(database) };
  }
  const suiteOf = () => {
    suite ??= begin();
    suite.catch(() => {
      suite = undefined;
    });
    return suite;
  };

  async function openModule(more: MailOptions): Promise<Mail> {
    const { options, db } = await suiteOf();
    const loaded = loadConfig(process.env, { ...options, ...more, ...captured });
    prepared ??= prepare(loaded, db);
    await prepared;
    const mail = await createMail({ ...loaded, migrate: false }, { role: 'command', ...deps, db });
    opened.push(mail);
    return mail;
  }

  /** Once for a suite: the schema, and the templates of the folder. */
  async function prepare(loaded: Config, db: Db): Promise<void> {
    const mail = await createMail(loaded, { role: 'command', ...deps, db });
    try {
      if (existsSync(loaded.templates ?? '')) await mail.templates.files.import();
    } finally {
      await mail.close();
    }
  }

  const ledger: Ledger = {
    isKnown: () => suite !== undefined || config !== undefined,
    async open({ wait = true, ...options } = {}) {
      const mail = await openModule(options);
      return wait ? waiting(mail) : mail;
    },
    own() {
      own ??= openModule({});
      own.catch(() => {
        own = undefined;
      });
      return own;
    },
    async settle() {
      if (!ledger.isKnown()) return;
      const { messages } = await ledger.own();
      const end = Date.now() + 1000;
      while ((await messages.find({ state: 'sending', limit: 1 })).messages.length > 0) {
        if (Date.now() > end) return;
        await sleep(2);
      }
    },
    async empty({ templates }) {
      if (!ledger.isKnown()) return;
      await ledger.own();
      const { db } = await suiteOf();
      await emptyTables(db, table => !templates && isOfTemplates(table));
      if (templates) prepared = undefined;
    },
    async close() {
      await Promise.all(opened.map(mail => mail.close()));
      if (suite) await (await suite).db.destroy();
    },
  };
  return ledger;
}

function isOfTemplates(table: string): boolean {
  return /^postlane_(template_|published_|sample_data)/.test(table);
}

/** The module with sends that wait for their hand-over, where that is possible. */
function waiting(mail: Mail): Mail {
  const withWait = (options: Parameters<Mail['send']>[1]) =>
    options?.trx || options?.wait !== undefined ? options : { ...options, wait: true };
  return carryOn(mail, {
    ...mail,
    send: (input, options) => mail.send(input, withWait(options)),
    sendBatch: (items, options) => mail.sendBatch(items, withWait(options)),
  });
}
