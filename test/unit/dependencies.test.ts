import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { listen } from '../support/http-server.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const script = path.join(project, '.ci/dependencies.mjs');

interface LockFile {
  packages: Record<string, { version?: string; dev?: boolean; hasInstallScript?: boolean }>;
}
const lock: LockFile = JSON.parse(readFileSync(path.join(project, 'package-lock.json'), 'utf8'));

/** Why a package may run a program of its own when it is installed. */
const installScripts: Record<string, string> = {
  'node_modules/esbuild': 'checks that the binary of this machine is there; only for development',
};

describe('dependencies', function () {
  this.timeout(120_000);

  it('run nothing when they are installed, but for those with a reason', () => {
    const found = Object.keys(lock.packages).filter(name => lock.packages[name]?.hasInstallScript);
    expect(found).to.deep.equal(Object.keys(installScripts));
  });

  it('of the package itself run nothing at all', () => {
    const found = Object.entries(lock.packages).filter(([, one]) => one.hasInstallScript && !one.dev);
    expect(found).to.deep.equal([]);
  });

  it('fail CI with a fault of high severity in what is installed with Postlane', async () => {
    const { code, output } = await check(await advising({ handlebars: 'critical' }));
    expect(output).to.include('dependencies: found').and.include('handlebars (critical)');
    expect(code).to.equal(1);
  });

  it('are told, with no more, where the fault is of a tool or of low severity', async () => {
    const { code, output } = await check(await advising({ mocha: 'high', knex: 'low' }));
    expect(output).to.include('dependencies: none: known faults: knex (low)').and.include('mocha (high)');
    expect(code).to.equal(0);
  });

  it('pass a registry that knows of no faults, and say so of one that is not asked', async () => {
    expect(await check(await advising({}))).to.deep.include({ code: 0 });
    const { code, output } = await check((_path, _method) => ({ status: 405, body: {} }));
    expect(output).to.include('dependencies: not-offered: the registry offers no advisories');
    expect(code).to.equal(0);
  });

  it('fail CI when the registry fails: nobody knows then', async () => {
    const { code, output } = await check(() => ({ status: 403, body: {} }));
    expect(output).to.include('dependencies: failed');
    expect(code).to.equal(1);
  });

  it('have signatures that fit, that do not, or none', async () => {
    const { verdictOnSignatures } = await import(script);
    const stateOf = (answer: unknown) => verdictOnSignatures(JSON.stringify(answer)).state;
    expect(stateOf({ invalid: [], missing: [] })).to.equal('none');
    expect(stateOf({ invalid: [{ name: 'a', version: '1' }], missing: [] })).to.equal('found');
    expect(stateOf({ invalid: [], missing: [{ name: 'a', version: '1' }] })).to.equal('found');
    const unsigned = 'found no dependencies to audit that were installed from a supported registry';
    expect(stateOf({ error: { summary: unsigned } })).to.equal('not-offered');
    const unreached = 'request failed, reason: getaddrinfo ENOTFOUND keys.example';
    expect(stateOf({ error: { summary: unreached } })).to.equal('not-offered');
    expect(stateOf({ error: { summary: 'something else' } })).to.equal('failed');
    expect(verdictOnSignatures(null).state).to.equal('not-offered');
  });
});

type Registry = (path: string, method: string) => { status: number; body: unknown };

/** A registry that knows of a fault in every version of these packages. */
async function advising(severities: Record<string, string>): Promise<Registry> {
  const advisories = Object.entries(severities).map(([name, severity], id) => {
    const common = { title: 'A fault', url: 'https://advisories.example/1', cwe: [], cvss: { score: 0 } };
    return [name, [{ ...common, id, severity, vulnerable_versions: '*' }]];
  });
  return (asked, method) => {
    if (method === 'POST') return { status: 200, body: Object.fromEntries(advisories) };
    const name = decodeURIComponent(asked.slice(1));
    const { version = '1.0.0' } = lock.packages[`node_modules/${name}`] ?? {};
    const versions = { [version]: { name, version, dist: {} } };
    return { status: 200, body: { name, versions, 'dist-tags': { latest: version } } };
  };
}

/** Runs the check against a registry of the test's own. */
async function check(registry: Registry): Promise<{ code: number; output: string }> {
  const server = await listen((request, response) => {
    const { status, body } = registry(request.url ?? '', request.method ?? '');
    request.resume().on('end', () => response.writeHead(status).end(JSON.stringify(body)));
  });
  const cache = mkdtempSync(path.join(tmpdir(), 'postlane-'));
  const env = { ...process.env, npm_config_registry: server.url, npm_config_cache: cache };
  try {
    return await new Promise(resolve => {
      execFile(process.execPath, [script, 'advisories'], { cwd: project, env }, (error, stdout) =>
        resolve({ code: Number(error?.code ?? 0), output: stdout }),
      );
    });
  } finally {
    rmSync(cache, { recursive: true, force: true });
    await server.close();
  }
}
