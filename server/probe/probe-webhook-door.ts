import type { WebhookCredential } from '../config/index.ts';
import { markProbe, probeHeader } from './probe-header.ts';
import { type ProbeAnswer, type ProbeResult, readAnswer } from './probe-result.ts';

/** What is probed, and as whom. */
export interface ProbeOptions {
  /** The webhooks' address, such as `https://shop.example/mail/webhooks/postmark`: of the configuration, never of a request. */
  url: string;
  /** The keys of the configuration: a probe that they signed needs no password. */
  secretKeys?: readonly string[] | undefined;
  /** A user and password of the webhooks. */
  credential?: WebhookCredential | undefined;
  /** Largest time it takes, in ms. Default 10,000. */
  timeoutMs?: number | undefined;
}

/** More than the 100 kB that parsers of bodies stop at, and as much as a bounce with its mail may bring. */
const largeBytes = 300_000;
const smallBytes = 1_000;
/** As much of an answer is read. */
const answerBytes = 64 * 1024;

/**
 * Posts an event's weight of nothing to our own webhooks, as a provider does, and says what answered: what lies before them,
 * such as a proxy or a host's body parser, may refuse large events before we see them. Nothing is stored. Follows no
 * redirect and never rejects.
 */
export async function probeWebhookDoor(options: ProbeOptions): Promise<ProbeResult> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? 10_000);
  try {
    return readAnswer(await post(options, largeBytes, signal));
  } catch (error) {
    // Who refuses a large body may close the connection before its answer is read.
    const small = signal.aborted ? null : await post(options, smallBytes, signal).catch(() => null);
    const isMeasured = small !== null && readAnswer(small).kind === 'ok';
    return readAnswer(isMeasured ? { kind: 'cut-off' } : { kind: 'failed', error });
  }
}

async function post(
  { url, secretKeys = [], credential }: ProbeOptions,
  bytes: number,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const { nonce, mark } = markProbe(secretKeys, new Date());
  const { user, password } = credential ?? {};
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    signal,
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/json',
      [probeHeader]: mark,
      ...(credential && { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
    },
    body: JSON.stringify({ RecordType: 'PostlaneProbe', padding: 'x'.repeat(bytes) }),
  });
  const { status, headers } = response;
  return { kind: 'answered', status, headers, text: await beginningOf(response), nonce };
}

async function beginningOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > answerBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, answerBytes);
}
