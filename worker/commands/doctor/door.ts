import type { ProbeResult } from '../../../server/probe/probe-result.ts';
import { probeWebhookDoor } from '../../../server/probe/probe-webhook-door.ts';
import { webhookAddress } from '../webhook-address.ts';
import { bad, type Examination, type Finding, good, unseen } from './check.ts';
import type { Subject } from './subject.ts';
import { Unseen } from './unseen.ts';

const probes = new WeakMap<Subject, Promise<ProbeResult>>();

/** The public router as providers reach it: both checks read one probe of 300 kB. */
export const door: readonly Examination[] = [
  { name: 'public URL', look: publicUrl },
  { name: 'large webhooks', look: largeWebhooks },
];

async function publicUrl(subject: Subject): Promise<Finding> {
  const { config, given } = subject;
  const url = new URL(config.publicUrl);
  if (!given.has('publicUrl'))
    return (config.production ? bad : unseen)(
      'Nobody said where this app is reached.',
      'Set publicUrl, or POSTLANE_PUBLIC_URL, to its address with the path of the public router.',
    );
  const probe = await probed(subject);
  if (probe.kind === 'not-us') return worded(probe);
  if (probe.kind === 'unreachable')
    return bad(probe.message, 'Start the app, correct publicUrl, or let requests from outside reach it.');
  if (probe.kind === 'unauthorised' && given.has('secretKeys')) return worded(probe);
  if (url.protocol === 'https:') return good(`${url.href} answers by https.`);
  if (isHere(url.hostname) && providersAreHere(subject))
    return good(`${url.href} answers; the provider is on this machine as well.`);
  const remedy =
    'Serve it by https and say so in publicUrl: webhooks carry passwords, and links go to people.';
  return config.production || !isHere(url.hostname)
    ? bad(`${url.href} answers, but not by https.`, remedy)
    : unseen(`${url.href} answers on this machine alone: no provider reaches it.`, remedy);
}

async function largeWebhooks(subject: Subject): Promise<Finding> {
  if (!subject.given.has('publicUrl')) throw new Unseen('Nobody said where this app is reached.');
  const probe = await probed(subject);
  if (probe.kind === 'ok') return good(probe.message);
  if (probe.kind === 'too-large' || probe.kind === 'body-lost') return worded(probe);
  throw new Unseen('The public router did not let the probe in: see public URL.');
}

function probed(subject: Subject): Promise<ProbeResult> {
  const { config, given } = subject;
  const probe =
    probes.get(subject) ??
    probeWebhookDoor({
      url: addressOf(subject),
      secretKeys: given.has('secretKeys') ? config.secretKeys : undefined,
      credential: given.has('webhookCredentials') ? config.webhookCredentials[0] : undefined,
      timeoutMs: 8_000,
    });
  probes.set(subject, probe);
  return probe;
}

/** The probe says what it met, a colon, and what to do about it. */
function worded({ message }: ProbeResult): Finding {
  const [found = message, ...rest] = message.split(/: (?=[a-z])/);
  return bad(
    `${found.replace(/\.$/, '')}.`,
    sentence(rest.join(': ')) || 'Mount publicRouter at this address.',
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

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
