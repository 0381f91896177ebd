// node .ci/dependencies.mjs: what the registry knows of the packages that the lock file names. Known faults of high severity in
// what is installed with Postlane fail; those of tools for development are told. A signature that does not fit fails. Not every
// registry offers these; then that is said, and nothing is found.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

/** Statuses of a registry that has no such service. */
const notOffered = new Set([404, 405, 410, 501]);
const mostMs = 30_000;

/** @typedef {{ state: 'none' | 'found' | 'not-offered' | 'failed', told: string }} Verdict */

/**
 * What an answer of `npm audit --json` says.
 * @param {string} output
 * @returns {Verdict}
 */
export function verdictOnAdvisories(output) {
  const answer = parsed(output);
  if (!answer) return { state: 'failed', told: 'npm audit answered nothing that can be read' };
  const { statusCode, message, vulnerabilities, metadata } = answer;
  if (notOffered.has(statusCode)) return { state: 'not-offered', told: 'the registry offers no advisories' };
  if (!vulnerabilities) return { state: 'failed', told: String(message ?? answer.error?.summary) };
  const { high = 0, critical = 0, total = 0 } = metadata?.vulnerabilities ?? {};
  const named = Object.values(vulnerabilities).map(({ name, severity }) => `${name} (${severity})`);
  const told = total === 0 ? 'no known faults' : `known faults: ${named.join(', ')}`;
  return { state: high + critical > 0 ? 'found' : 'none', told };
}

/**
 * What an answer of `npm audit signatures --json` says; null when there was none in time.
 * @param {string | null} output
 * @returns {Verdict}
 */
export function verdictOnSignatures(output) {
  const unreached = /** @type {Verdict} */ ({
    state: 'not-offered',
    told: 'the keys of signatures could not be reached',
  });
  if (output === null) return unreached;
  const answer = parsed(output);
  const { invalid, missing, error } = answer ?? {};
  const summary = String(error?.summary ?? '');
  if (/no dependencies to audit that were installed from a supported registry/.test(summary))
    return { state: 'not-offered', told: 'the registry signs nothing' };
  // Keys are looked up outside of the registry, where not every machine gets through.
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ENETUNREACH/.test(summary)) return unreached;
  if (!invalid || !missing)
    return { state: 'failed', told: summary || 'npm audit signatures answered nothing that can be read' };
  const wrong = [...invalid, ...missing].map(({ name, version }) => `${name}@${version}`);
  if (wrong.length === 0) return { state: 'none', told: 'every signature fits' };
  return { state: 'found', told: `signatures that are missing or do not fit: ${wrong.join(', ')}` };
}

function parsed(output) {
  try {
    const answer = JSON.parse(output);
    return typeof answer === 'object' ? answer : null;
  } catch {
    return null;
  }
}

/** The standard output of npm; null when it took too long. */
async function npm(...args) {
  const child = spawn('npm', [...args, '--json', '--fetch-retries=1'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: mostMs,
  });
  const [output, signal] = await Promise.all([
    text(child.stdout),
    new Promise(resolve => child.once('close', (_code, name) => resolve(name))),
  ]);
  return signal === null ? output : null;
}

async function main(asked) {
  const production = ['audit', '--omit=dev', '--package-lock-only'];
  const verdicts = [];
  if (asked !== 'signatures') {
    verdicts.push({ what: 'dependencies', ...verdictOnAdvisories((await npm(...production)) ?? '') });
    const all = verdictOnAdvisories((await npm('audit', '--package-lock-only')) ?? '');
    verdicts.push({
      what: 'with tools for development',
      ...all,
      state: all.state === 'found' ? 'none' : all.state,
    });
  }
  if (asked !== 'advisories')
    verdicts.push({ what: 'signatures', ...verdictOnSignatures(await npm('audit', 'signatures')) });
  for (const { what, state, told } of verdicts) process.stdout.write(`${what}: ${state}: ${told}\n`);
  return verdicts.some(({ state }) => state === 'found' || state === 'failed') ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exit(await main(process.argv[2]));
