import { writeFileSync } from 'node:fs';
import { type Request, readArguments, USAGE, UsageError } from './arguments.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';

export { USAGE };

/**
 * The command `postlane sandbox`: prints its addresses once it listens and runs until SIGINT or SIGTERM, or until the
 * process that started it with a channel goes. Bad arguments end it with exit code 64, a taken port with 69.
 */
export async function runSandbox(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const request = understand(args, env);
  if (!request) return;
  const sandbox = await start(request);
  if (!sandbox) return;
  if (request.envFile !== null) writeVariables(request.envFile, sandbox);
  process.stdout.write(
    request.json ? `${JSON.stringify(addresses(sandbox))}\n` : announcement(request, sandbox),
  );
  const stop = (): void => void sandbox.close().then(() => process.exit(0));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  if (process.channel) process.once('disconnect', stop);
}

function understand(args: readonly string[], env: NodeJS.ProcessEnv): Request | null {
  try {
    const request = readArguments(args, env);
    if (!request) process.stdout.write(`${USAGE}\n`);
    return request;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}\n`);
    process.exitCode = 64;
    return null;
  }
}

async function start({ options }: Request): Promise<Sandbox | null> {
  try {
    return await createSandbox(options);
  } catch (error) {
    process.stderr.write(`The sandbox cannot listen: ${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 69;
    return null;
  }
}

function addresses({ apiUrl, smtpUrl }: Sandbox): { apiUrl: string; smtpUrl: string } {
  return { apiUrl, smtpUrl };
}

/** With the token and the certificate, so for the owner's eyes only. */
function writeVariables(file: string, { apiUrl, smtpUrl, token, caCertificate }: Sandbox): void {
  const login = encodeURIComponent(token);
  const variables = {
    POSTMARK_SERVER_TOKEN: token,
    POSTMARK_API_URL: apiUrl,
    POSTMARK_SMTP_URL: smtpUrl.replace('//', `//${login}:${login}@`),
    POSTMARK_SMTP_CA: caCertificate.trim(),
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
}

/** For people. A token that somebody gave is known to them and shown to nobody else. */
function announcement({ options }: Request, { apiUrl, smtpUrl, token }: Sandbox): string {
  const rows = [
    ['pages', apiUrl],
    ['POSTMARK_API_URL', apiUrl],
    ['POSTMARK_SMTP_URL', smtpUrl.replace('//', '//TOKEN:TOKEN@')],
    ['POSTMARK_SMTP_CA', `caCertificate of ${apiUrl}/sandbox/certificate`],
    ['server token', token === 'local-sandbox' ? token : 'as given'],
    [
      'webhooks to',
      options.webhook?.url === undefined ? 'nowhere (--webhook URL)' : withoutSecrets(options.webhook.url),
    ],
  ];
  const lines = rows.map(([name = '', value]) => `  ${name.padEnd(20)}${value}`);
  const warning = options.host ? [`  Anybody who reaches ${options.host} can read this mail.`] : [];
  return ['The local Postmark is up.', ...lines, ...warning, '  Ctrl-C stops it.', ''].join('\n');
}

function withoutSecrets(address: string): string {
  const url = new URL(address);
  return `${url.origin}${url.pathname}`;
}
