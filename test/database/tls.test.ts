import { lookup } from 'node:dns/promises';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import knex from 'knex';
import { connect, type DatabaseOptions } from '../../db/connect.ts';
import { findEngine } from '../../db/local/engine.ts';
import { freePort } from '../../db/local/free-port.ts';
import { runStep } from '../../db/local/step.mjs';
import { supervise } from '../../db/local/supervise.ts';
import { createMail } from '../../server/mail/index.ts';
import { createCertificate } from '../sandbox/smtp/certificate.ts';
import { testConfig } from '../support/mail.ts';

describe('a database that asks for TLS', function () {
  this.timeout(120_000);
  const root = mkdtempSync(join(tmpdir(), 'postlane-tls-'));
  const certificate = createCertificate();
  const ca = join(root, 'ca.pem');
  const other = join(root, 'other.pem');
  let port = 0;
  let server: { stop(): Promise<void> } | undefined;

  before(async function () {
    const engine = await findEngine();
    if (!engine) return this.skip();
    writeFileSync(ca, certificate.cert);
    writeFileSync(join(root, 'key.pem'), certificate.key, { mode: 0o600 });
    writeFileSync(other, createCertificate().cert);
    writeFileSync(
      join(root, 'users.sql'),
      `CREATE DATABASE shop CHARACTER SET utf8mb4; CREATE USER 'shop'@'%' IDENTIFIED BY 'old' REQUIRE SSL;
       GRANT ALL ON shop.* TO 'shop'@'%';
       CREATE USER 'plain'@'%' IDENTIFIED BY 'old'; GRANT ALL ON shop.* TO 'plain'@'%';\n`.replaceAll(
        /;\s+/g,
        ';\n',
      ),
    );
    const data = join(root, 'data');
    mkdirSync(data);
    const own = ['--no-defaults', ...(process.getuid?.() === 0 ? [`--user=${userInfo().username}`] : [])];
    const [command, args] = engine.installer
      ? [engine.installer, ['--auth-root-authentication-method=normal', '--skip-test-db']]
      : [engine.server, ['--initialize-insecure', `--basedir=${engine.home}`]];
    await runStep({ title: 'init', command, args: [...own, ...args, `--datadir=${data}`], log: () => {} });
    port = await freePort();
    server = await supervise({
      command: engine.server,
      args: [
        ...own,
        ...[`--datadir=${data}`, `--socket=${join(root, 's')}`, `--port=${port}`, '--bind-address=0.0.0.0'],
        ...[
          `--ssl-cert=${ca}`,
          `--ssl-key=${join(root, 'key.pem')}`,
          `--init-file=${join(root, 'users.sql')}`,
        ],
        ...['--skip-log-bin', `--pid-file=${join(root, 'pid')}`],
        ...(engine.kind === 'mysql' ? ['--mysqlx=0', `--basedir=${engine.home}`] : []),
      ],
      address: { port, host: '127.0.0.1' },
      logFile: join(root, 'log'),
      log: () => {},
    });
  });
  after(async () => {
    await server?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  /** The cipher that a connection has; empty without encryption. */
  const cipherOf = async (database: DatabaseOptions): Promise<string> => {
    const db = connect(database, { poolSize: 2 });
    try {
      const [[row]] = await db.raw("SHOW STATUS LIKE 'Ssl_cipher'");
      return row.Value;
    } finally {
      await db.destroy();
    }
  };
  const refusal = (database: DatabaseOptions): Promise<string> =>
    cipherOf(database).then(
      cipher => `It was not refused: ${cipher}`,
      (error: Error & { code?: string }) => `${error.code} ${error.message}`,
    );
  const url = (query: string, host = 'localhost') => `mysql://shop:old@${host}:${port}/shop${query}`;
  const trusted = () => `&sslCa=${encodeURIComponent(ca)}`;

  it('is reached encrypted in each mode, and not at all without', async () => {
    for (const query of [
      '?ssl=required',
      `?ssl=verify-ca${trusted()}`,
      `?ssl=verify-full${trusted()}`,
      `?ssl-mode=VERIFY_IDENTITY${trusted()}`,
      `?sslCa=${encodeURIComponent(certificate.cert)}`,
    ])
      expect(await cipherOf(url(query)), query).to.match(/^(TLS_|ECDHE-)/);
    expect(await refusal(url(''))).to.match(/ER_ACCESS_DENIED_ERROR/);
    expect(await refusal(url('?ssl=disabled'))).to.match(/ER_ACCESS_DENIED_ERROR/);
  });

  it('is refused with a certificate that nobody vouches for, or that names another host', async () => {
    expect(await refusal(url('?ssl=verify-full'))).to.match(/self-signed/);
    expect(await refusal(url('?ssl=verify-ca'))).to.match(/self-signed/);
    const stranger = `&sslCa=${encodeURIComponent(other)}`;
    expect(await refusal(url(`?ssl=verify-ca${stranger}`))).to.match(/self-signed|signature failure/);
    expect(await cipherOf(url(`?ssl=verify-ca${trusted()}`, '127.0.0.2'))).to.match(/^(TLS_|ECDHE-)/);
    // A name that this machine has beside the one in the certificate.
    const isKnown = await lookup(hostname()).then(
      () => hostname() !== 'localhost',
      () => false,
    );
    if (isKnown)
      expect(await refusal(url(`?ssl=verify-full${trusted()}`, hostname()))).to.match(
        /Hostname\/IP does not match/,
      );
    expect(() => connect(url(`?ssl=verify-full${trusted()}`, '127.0.0.2'))).to.throw(
      /cannot be checked for the address 127.0.0.2: name the host, or choose ssl=verify-ca/,
    );
  });

  it('is reached with settings of mysql2, and with a password that a function renews', async () => {
    const connection = {
      ...{ host: 'localhost', port, user: 'shop', password: 'old', database: 'shop' },
      ...{ ssl: { ca: certificate.cert, verifyIdentity: true }, charset: 'latin1', timezone: 'local' },
    };
    expect(await cipherOf({ connection })).to.match(/^(TLS_|ECDHE-)/);

    const passwords = ['wrong', 'old'];
    let asked = 0;
    const database = {
      connection: async () => {
        const password = passwords[asked++] ?? 'old';
        return { ...connection, ssl: { ...connection.ssl }, password };
      },
    };
    const db = connect(database, { poolSize: 2 });
    try {
      const first = await db.raw('SELECT 1').catch((error: Error & { code?: string }) => error.code);
      expect(first).to.equal('ER_ACCESS_DENIED_ERROR');
      await Promise.all([db.raw('DO SLEEP(0.2)'), db.raw('DO SLEEP(0.2)')]);
      expect(asked, 'once for each connection').to.equal(3);
    } finally {
      await db.destroy();
    }
  });

  describe('where nothing may cross a network unencrypted', () => {
    const unencrypted = 'refuse' as const;
    // An address of this machine that a packet could come to from elsewhere.
    const outside = () =>
      Object.values(networkInterfaces()).flatMap((all = []) => all.filter(({ internal }) => !internal))[0]
        ?.address;
    const reach = (host: string, ssl?: object) => ({
      ...{ host, port, user: 'plain', password: 'old', database: 'shop' },
      ...(ssl && { ssl }),
    });
    const unchecked = { rejectUnauthorized: false };

    it('asks a function’s settings for each connection', async function () {
      const host = outside();
      if (host === undefined) return this.skip();
      const asked = (settings: ReturnType<typeof reach>) => ({
        connection: async () => settings,
        unencrypted,
      });
      expect(await refusal(asked(reach(host)))).to.match(/without encryption, which production refuses/);
      expect(await cipherOf(asked(reach(host, unchecked)))).to.match(/^(TLS_|ECDHE-)/);
      expect(await cipherOf(asked(reach('127.0.0.1')))).to.equal('');
    });

    it('looks at the connections of a host’s knex', async function () {
      const host = outside();
      if (host === undefined) return this.skip();
      const through = async (settings: object, may: 'allow' | 'refuse') => {
        const owned = knex({ client: 'mysql2', connection: settings });
        try {
          return await refusal({ knex: owned, unencrypted: may });
        } finally {
          await owned.destroy();
        }
      };
      const refused = await through(reach(host), 'refuse');
      expect(refused).to.include('are not encrypted').and.include('POSTLANE_DATABASE_UNENCRYPTED=allow');
      expect(refused).not.to.include('old');
      expect(await through(reach(host), 'allow')).to.equal('It was not refused: ');
      expect(await through(reach(host, unchecked), 'refuse')).to.match(/not refused: (TLS_|ECDHE-)/);
      expect(await through(reach('127.0.0.1'), 'refuse')).to.equal('It was not refused: ');
    });
  });

  it('holds the module with everything in it', async () => {
    const mail = await createMail({ ...testConfig(), database: url(`?ssl=verify-full${trusted()}`) });
    await mail.close();
  });
});
