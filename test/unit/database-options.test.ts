import { expect } from 'chai';
import { type DatabaseOptions, databaseSettings, serverSettings } from '../../db/database-options.ts';
import { readDatabaseUrl } from '../../db/database-url.ts';

describe('the database URL', () => {
  const base = 'mysql://shop:p%40ss@db.example:3307/postlane';
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  const sslOf = (query: string) => readDatabaseUrl(`${base}?${query}`).ssl;

  it('says where the database is', () => {
    expect(readDatabaseUrl(base)).to.deep.equal({
      host: 'db.example',
      port: 3307,
      user: 'shop',
      password: 'p@ss',
      database: 'postlane',
    });
    expect(readDatabaseUrl('mysql://shop@[::1]/postlane')).to.include({ host: '::1', port: 3306 });
    expect(readDatabaseUrl('mysql://shop@localhost/postlane?socketPath=/run/db.sock')).to.include({
      socketPath: '/run/db.sock',
    });
  });

  it('takes the words of all clients for TLS', () => {
    const full = { rejectUnauthorized: true, verifyIdentity: true };
    const encrypted = { rejectUnauthorized: false, verifyIdentity: false };
    for (const query of [
      'ssl=verify-full',
      'sslmode=verify-full',
      'ssl-mode=VERIFY_IDENTITY',
      'sslMode=VERIFY_IDENTITY',
      'ssl=true',
      `ssl=${encodeURIComponent('{"rejectUnauthorized":true}')}`,
    ])
      expect(sslOf(query), query).to.deep.equal(full);
    for (const query of ['ssl=required', 'ssl-mode=REQUIRED', 'sslmode=require'])
      expect(sslOf(query), query).to.deep.equal(encrypted);
    expect(sslOf('ssl_mode=VERIFY_CA')).to.deep.equal({ rejectUnauthorized: true, verifyIdentity: false });
    expect(sslOf('ssl=disabled')).to.equal(undefined);
    expect(sslOf(`ssl-ca=${encodeURIComponent(pem)}`)).to.deep.equal({ ...full, ca: pem });
  });

  it('refuses by name what it cannot follow, without the password', () => {
    const refusals: [string, RegExp][] = [
      ['ssl=preferred', /ssl=preferred: it would go on unencrypted/],
      ['ssl=yes', /ssl=yes: use one of verify-full, verify-ca, required, disabled/],
      ['ssl={"ca":"x"}', /ssl in JSON/],
      ['tls=true', /parameter tls that Postlane does not know: known are ssl, sslCa/],
      ['connection_limit=5', /connection_limit .* poolSize/],
      ['charset=latin1', /charset .* utf8mb4/],
      ['sslaccept=strict', /sslaccept .* ssl=verify-full/],
      ['ssl=required&sslmode=disabled', /ssl twice, also as sslmode/],
      ['sslCa=/nowhere/ca.pem', /sslCa .* \(ENOENT\)/],
      [`ssl=disabled&sslCa=${encodeURIComponent(pem)}`, /certificates, but ssl=disabled/],
    ];
    for (const [query, expected] of refusals) {
      expect(() => readDatabaseUrl(`${base}?${query}`), query)
        .to.throw(expected)
        .and.satisfy(({ message }: Error) => !message.includes('p@ss') && !message.includes('p%40ss'));
    }
    expect(() => readDatabaseUrl('postgres://a:secret@b/c'))
      .to.throw(/must be like mysql:/)
      .and.satisfy(({ message }: Error) => !message.includes('secret'));
    expect(() => readDatabaseUrl('mysql://a:100%@b/c')).to.throw(/password .* write %25/);
  });
});

describe('the options of a database', () => {
  const refused = (options: unknown) => () => databaseSettings(options as DatabaseOptions);

  it('are a URL, or settings with one of them', () => {
    expect(databaseSettings('mysql://a@b/c')).to.deep.equal({ url: 'mysql://a@b/c' });
    const connection = { host: 'b', user: 'a', timezone: 'local', charset: 'latin1', ssl: 'Amazon RDS' };
    expect(serverSettings(databaseSettings({ connection }))).to.deep.equal({
      host: 'b',
      user: 'a',
      ssl: 'Amazon RDS',
    });
  });

  it('are refused by name', () => {
    expect(refused({})).to.throw(/needs one of url, connection/);
    expect(refused({ url: 'mysql://a@b/c', connection: {} })).to.throw(/has url and connection/);
    expect(refused({ url: 'mysql://a@b/c', pool: 5 })).to.throw(/no option pool: there are/);
    expect(refused({ url: 'mysql://a@b/c', poolSize: 0 })).to.throw(/poolSize/);
    expect(refused({ connection: { hostname: 'b' } })).to.throw(/setting hostname that mysql2 has not/);
    expect(refused(null)).to.throw(/must be a URL or an object/);
  });
});
