import { parseArgs } from 'node:util';
import { createSandbox, type SandboxOptions } from './index.ts';

const USAGE = `The local Postmark.
  --port N           REST and pages            (SANDBOX_PORT, default any free port)
  --smtp-port N      SMTP                      (SANDBOX_SMTP_PORT, default any free port)
  --token TOKEN      server token, required    (SANDBOX_TOKEN)
  --webhook URL      where events go, credentials in it   (SANDBOX_WEBHOOK)
  --latency-ms N     time to answer a REST call           (SANDBOX_LATENCY_MS, default 0)
  --retry-scale N    ms per minute of webhook retries     (SANDBOX_RETRY_SCALE, default 60000)`;

/** Prints one line of JSON with its addresses once it listens, then runs until it is told to stop. */
async function main(): Promise<void> {
  const options = readOptions();
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n\n${USAGE}\n`);
    process.exitCode = 78;
    return;
  }
  const sandbox = await createSandbox(options);
  process.stdout.write(`${JSON.stringify({ apiUrl: sandbox.apiUrl, smtpUrl: sandbox.smtpUrl })}\n`);
  const stop = (): void => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  // Started by another process with a channel: go when it goes.
  if (process.channel) process.once('disconnect', stop);
}

function readOptions(): SandboxOptions | string {
  const given = readArguments();
  if (typeof given === 'string') return given;
  const numbers = {
    port: given.port,
    smtpPort: given.smtpPort,
    latencyMs: given.latencyMs,
    retryScale: given.retryScale,
  };
  const wrong = Object.entries(numbers).find(([, text]) => text !== undefined && !/^\d{1,7}$/.test(text));
  if (wrong) return `${wrong[0]} must be a whole number.`;
  if (!given.token) return 'A token is required.';
  if (given.webhook !== undefined && !URL.canParse(given.webhook)) return 'webhook must be an address.';
  const set = Object.entries(numbers).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, Number(text)]],
  );
  return {
    token: given.token,
    ...Object.fromEntries(set),
    ...(given.webhook === undefined ? {} : { webhook: { url: given.webhook } }),
  };
}

interface Given {
  port: string | undefined;
  smtpPort: string | undefined;
  token: string | undefined;
  webhook: string | undefined;
  latencyMs: string | undefined;
  retryScale: string | undefined;
}

/** Arguments, and the environment where there is none. */
function readArguments(): Given | string {
  const names = ['port', 'smtp-port', 'token', 'webhook', 'latency-ms', 'retry-scale'];
  const declared = Object.fromEntries(names.map(name => [name, { type: 'string' as const }]));
  try {
    const { values } = parseArgs({ options: declared });
    const pick = (name: string): string | undefined => {
      const value = values[name] ?? process.env[`SANDBOX_${name.toUpperCase().replaceAll('-', '_')}`];
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    return {
      port: pick('port'),
      smtpPort: pick('smtp-port'),
      token: pick('token'),
      webhook: pick('webhook'),
      latencyMs: pick('latency-ms'),
      retryScale: pick('retry-scale'),
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

await main();
