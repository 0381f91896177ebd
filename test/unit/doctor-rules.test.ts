import { expect } from 'chai';
import { clock, encryption, serverVersion } from '../../worker/commands/doctor/database.ts';
import { nodeVersion } from '../../worker/commands/doctor/environment.ts';
import { combined } from '../../worker/commands/doctor/provider.ts';
import { report } from '../../worker/commands/doctor/report.ts';
import { schemaRights } from '../../worker/commands/doctor/rights.ts';

describe('the rules of postlane doctor', () => {
  it('which versions run it', () => {
    const databases = {
      '8.0.36': true,
      '9.7.0': true,
      '5.7.44-log': false,
      '10.6.2-MariaDB': true,
      '10.11.19-MariaDB-0+deb12u1': true,
      '11.4.2-MariaDB': true,
      '10.5.9-MariaDB': false,
      '5.5.5-10.3.1-MariaDB': false,
    };
    for (const [version, ok] of Object.entries(databases))
      expect(serverVersion(version).ok, version).to.equal(ok);
    for (const [version, ok] of Object.entries({
      '20.19.0': true,
      '22.0.0': true,
      '20.18.3': false,
      '18.20.0': false,
    }))
      expect(nodeVersion(version).ok, version).to.equal(ok);
  });

  it('where TLS is needed', () => {
    expect(encryption('TLS_AES_256_GCM_SHA384', 'db.example.com').ok).to.equal(true);
    for (const host of ['localhost', '127.0.0.1', '::1', '/run/mysqld/mysqld.sock'])
      expect(encryption('', host).ok, host).to.equal(true);
    for (const host of ['10.0.0.7', '192.168.1.2', '172.20.0.3', 'fd00::1', 'database', null])
      expect(encryption('', host).ok, String(host)).to.equal(null);
    for (const host of ['db.example.com', '203.0.113.7', '172.32.0.1']) {
      const { ok, remedy } = encryption('', host);
      expect(ok, host).to.equal(false);
      expect(remedy).to.match(/ssl=verify-full/);
    }
  });

  it('which clocks agree, given how finely the other is told', () => {
    const at = (ms: number) => new Date(1_800_000_000_000 + ms);
    expect(clock('X', at(0), at(30_000)).ok).to.equal(true);
    expect(clock('X', at(0), at(30_500)).ok).to.equal(false);
    expect(clock('X', at(0), at(30_500), 1_000).ok).to.equal(true);
    expect(clock('X', at(300_000), at(0)).found).to.equal('X is 5 min ahead of this machine.');
  });

  it('what grants allow', () => {
    const needed = 'CREATE, ALTER, DROP, INDEX, REFERENCES';
    const rights = (...statements: string[]) => schemaRights(statements, 'my_shop');
    expect(rights('GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost`').kind).to.equal('all');
    expect(rights(`GRANT SELECT, ${needed} ON \`my\\_shop\`.* TO \`app\`@\`%\``).kind).to.equal('all');
    expect(rights('GRANT ALL PRIVILEGES ON `my%`.* TO `app`@`%`').kind).to.equal('all');
    expect(rights(`GRANT ${needed} ON \`other\`.* TO \`app\`@\`%\``)).to.deep.include({ kind: 'missing' });
    expect(rights(`GRANT ${needed} ON \`my\\_shop\`.\`t\` TO \`app\`@\`%\``).kind).to.equal('missing');
    expect(rights('GRANT SELECT, CREATE ON *.* TO `app`@`%`')).to.deep.equal({
      kind: 'missing',
      rights: ['ALTER', 'DROP', 'INDEX', 'REFERENCES'],
    });
    expect(rights('GRANT USAGE ON *.* TO `app`@`%`', 'GRANT `writer` TO `app`@`%`').kind).to.equal('unknown');
  });

  it('of several providers, the worst', () => {
    const well = { ok: true, found: 'A.', remedy: null };
    const wrong = { ok: false, found: 'B.', remedy: 'Do it.' };
    const unknown = { ok: null, found: 'C.', remedy: null };
    expect(combined([well, unknown, wrong, wrong])).to.deep.equal({
      ok: false,
      found: 'B. B.',
      remedy: 'Do it.',
    });
    expect(combined([well, unknown])).to.deep.equal(unknown);
    expect(combined([well, well])).to.deep.equal({ ok: true, found: 'A. A.', remedy: null });
  });

  it('colours on a terminal alone', () => {
    const checks = [{ name: 'worker', ok: false, found: 'None.', remedy: 'Start one.' }];
    expect(report(checks, true)).to.contain('\u001b[31mFAIL');
    expect(report(checks, false).split('\n').slice(0, 2)).to.deep.equal([
      'FAIL  worker  None.',
      '              -> Start one.',
    ]);
  });
});
