import { connectionFault } from '../../../server/mail/diagnosis.ts';
import { webhookAddress } from '../webhook-address.ts';
import { bad, type Examination, type Finding, good, unseen } from './check.ts';
import type { Subject } from './subject.ts';
import { Unseen } from './unseen.ts';

/** The public router as providers reach it. */
export const door: readonly Examination[] = [
  { name: 'public URL', look: publicUrl },
  { name: 'large webhooks', look: largeWebhooks },
];

/** About as long as a report of a bounce with its mail in it; what hosts take by default is 100 kB. */
const probeBytes = 300_000;

async function publicUrl(subject: Subject): Promise<Finding> {
  const url = new URL(subject.config.publicUrl);
  if (!subject.given.has('publicUrl'))
    return (subject.config.production ? bad : unseen)(
      'Nobody said where this app is reached.',
      'Set publicUrl, or POSTLANE_PUBLIC_URL, to its address with the path of the public router.',
    );
  const knocked = await knock(addressOf(subject), '{}');
  if (!knocked.ours) return bad(knocked.found, knocked.remedy);
  if (url.protocol === 'https:') return good(`${url.href} answers by https.`);
  if (isHere(url.hostname) && providersAreHere(subject))
    return good(`${url.href} answers; the provider is on this machine as well.`);
  const remedy =
    'Serve it by https and say so in publicUrl: webhooks carry passwords, and links go to people.';
  return subject.config.production || !isHere(url.hostname)
    ? bad(`${url.href} answers, but not by https.`, remedy)
    : unseen(`${url.href} answers on this machine alone: no provider reaches it.`, remedy);
}

async function largeWebhooks(subject: Subject): Promise<Finding> {
  if (!subject.given.has('publicUrl')) throw new Unseen('Nobody said where this app is reached.');
  const address = addressOf(subject);
  if (!(await knock(address, '{}')).ours) throw new Unseen('The public router was not reached.');
  const knocked = await knock(address, JSON.stringify({ Probe: 'x'.repeat(probeBytes) }));
  return knocked.ours
    ? good(`${probeBytes / 1000} kB get through.`)
    : bad(`A body of ${probeBytes / 1000} kB does not get through: ${knocked.found}`, tooSmall);
}

const tooSmall =
  'Mount publicRouter before the body parsers of the app (express.json() refuses more than 100 kB), and let proxies take 16 MB.';

type Knock = { ours: true } | { ours: false; found: string; remedy: string };

/** Posts without a password: our webhook refuses that in its own way, before it reads the body. */
async function knock(address: string, body: string): Promise<Knock> {
  const headers = { 'content-type': 'application/json', 'user-agent': 'postlane-doctor' };
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: 'POST',
      body,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(8_000),
    });
  } catch (error) {
    const { cause = error } = error as { cause?: unknown };
    return {
      ours: false,
      found: `${address}: ${connectionFault(cause)}`,
      remedy: 'Start the app, correct publicUrl, or let requests from outside reach it.',
    };
  }
  const realm = answer.headers.get('www-authenticate') ?? '';
  if (answer.status === 401 && realm.includes('postlane')) return { ours: true };
  return {
    ours: false,
    found: `${address} answers ${answer.status}, and not as the public router does.`,
    remedy: mount[answer.status] ?? otherMount,
  };
}

const otherMount =
  'Mount publicRouter under the path of publicUrl, or correct publicUrl: it is the address of the app with that path.';

const mount: Readonly<Record<number, string>> = {
  403: 'Mount publicRouter before the CSRF check and the login of the app: providers bring neither a token nor a session.',
  413: tooSmall,
};

function addressOf({ config, routing }: Subject): string {
  const posting = routing().providers.all.find(({ webhooks }) => webhooks);
  if (!posting) throw new Unseen('No provider posts events here.');
  return webhookAddress(config.publicUrl, posting.key);
}

function providersAreHere({ routing }: Subject): boolean {
  const addresses = [...routing().providers.transports.values()].flatMap(({ address }) => address ?? []);
  return addresses.every(address => isHere(address.replace(/:\d+$/, '')));
}

function isHere(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(hostname);
}
