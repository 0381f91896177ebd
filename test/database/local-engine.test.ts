import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findEngine } from '../../db/local/engine.ts';

const mariadb = (version: string) =>
  `mariadbd  Ver ${version}-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64`;
const mysql = (version: string) => `/usr/sbin/mysqld  Ver ${version} for Linux on x86_64 ((Debian))`;

describe('findEngine', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'postlane-engine-')));
  const bin = join(root, 'bin');
  const sbin = join(root, 'sbin');
  const found = () => findEngine([bin, sbin]);

  beforeEach(() => {
    for (const folder of [bin, sbin]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    }
  });

  after(() => rmSync(root, { recursive: true }));

  it('finds nothing on an empty machine', async () => {
    expect(await found()).to.equal(undefined);
  });

  it('prefers MariaDB, with its installer', async () => {
    program(join(sbin, 'mysqld'), mysql('9.7.4'));
    program(join(sbin, 'mariadbd'), mariadb('10.11.19'));
    program(join(bin, 'mariadb-install-db'), '');
    expect(await found()).to.deep.equal({
      kind: 'mariadb',
      title: 'MariaDB 10.11.19',
      server: join(sbin, 'mariadbd'),
      home: root,
      installer: join(bin, 'mariadb-install-db'),
    });
  });

  it('takes MySQL where MariaDB is too old', async () => {
    program(join(sbin, 'mariadbd'), mariadb('10.5.28'));
    program(join(bin, 'mariadb-install-db'), '');
    program(join(sbin, 'mysqld'), mysql('8.0.44-0ubuntu0.24.04.1'));
    expect(await found()).to.include({ kind: 'mysql', title: 'MySQL 8.0.44', installer: undefined });
  });

  it('passes over a MySQL that is too old, a MariaDB without its installer, and a program that fails', async () => {
    program(join(bin, 'mysqld'), mysql('5.7.44'));
    program(join(sbin, 'mariadbd'), mariadb('11.8.2'));
    writeFileSync(join(sbin, 'mysqld'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    expect(await found()).to.equal(undefined);
  });

  it('knows a MariaDB that goes by the name of mysqld', async () => {
    program(join(sbin, 'mysqld'), mariadb('11.4.5'));
    program(join(bin, 'mysql_install_db'), '');
    expect(await found()).to.include({ kind: 'mariadb', installer: join(bin, 'mysql_install_db') });
  });
});

function program(path: string, says: string): void {
  writeFileSync(path, `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
}
