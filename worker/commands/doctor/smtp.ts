import { connectionFault, type Transport } from '../../../server/mail/diagnosis.ts';
import { bad, type Examination, type Finding, good, unseen } from './check.ts';
import { combined } from './provider.ts';

/** Every SMTP server: connected, encrypted, signed in; nothing is sent. */
export const smtp: readonly Examination[] = [
  {
    name: 'SMTP login',
    async look({ routing }) {
      const transports = [...routing().providers.transports.values()].filter(({ kind }) =>
        kind?.includes('SMTP'),
      );
      return transports.length > 0
        ? combined(await Promise.all(transports.map(login)))
        : unseen('No mail goes by SMTP.');
    },
  },
];

async function login({ name, address, check }: Transport): Promise<Finding> {
  if (!check) return unseen(`${name} cannot be tested.`);
  try {
    return good(`${name} at ${address}: ${await check()}`);
  } catch (error) {
    const fault = connectionFault(error);
    const [, remedy = otherwise] = remedies.find(([pattern]) => pattern.test(fault)) ?? [];
    return bad(`${name} at ${address}: ${fault}`, remedy);
  }
}

const remedies: readonly [RegExp, string][] = [
  [
    /user and password/,
    'Correct the keys in POSTMARK_SMTP_URL (of an SMTP token, or the server token as both), and see that SMTP is enabled for the server.',
  ],
  [
    /certificate/,
    'Use the host name that the certificate names. POSTMARK_SMTP_CA is for a local Postmark alone: leave it unset for the real one.',
  ],
  [/host name/, 'Correct the host in POSTMARK_SMTP_URL or SMTP_URL_<NAME>.'],
];

const otherwise =
  'Open the port to the outside (587; Postmark takes 2525 and 25 too), or correct host and port in POSTMARK_SMTP_URL or SMTP_URL_<NAME>.';
