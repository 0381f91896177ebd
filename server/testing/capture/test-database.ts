import type { MailOptions } from '../../config/index.ts';
import { type Environment, readVariables } from '../../config/variables.ts';

/**
 * Refuses what looks like production: tests empty the database. A real server token beside it is a sign of that, since a
 * suite that captures its mail needs none.
 */
export function refuseProduction(options: MailOptions, env: Environment, isTestDatabase: boolean): void {
  const production = options.production ?? env.NODE_ENV === 'production';
  if (production)
    throw new Error('captureMail empties its database and does not run in production: set NODE_ENV to test.');
  if (!isTestDatabase && hasRealToken(options, env)) throw new Error(realToken);
}

const realToken =
  'captureMail empties its database, and a server token of the real Postmark is configured beside this one. Take the ' +
  'token out of the configuration of the tests, or say testDatabase: true when the database is one for tests.';

function hasRealToken({ postmark }: MailOptions, env: Environment): boolean {
  const given = (option: string) => readVariables(env).find(one => one.option === option)?.value;
  const token = String(postmark?.token ?? given('postmark.token') ?? '');
  const apiUrl = String(postmark?.apiUrl ?? given('postmark.apiUrl') ?? 'https://api.postmarkapp.com');
  return isServerToken(token) && /postmarkapp\.com/.test(apiUrl);
}

/** All of Postmark's are UUIDs. */
function isServerToken(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
