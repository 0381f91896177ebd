import { createSmtpTransport, type SmtpOptions } from '../smtp/transport.ts';
import { attemptKey, type Envelope, type Transport } from '../transport.ts';

/** Hands over by Postmark's SMTP, steered by its X-PM headers. */
export function createPostmarkSmtpTransport(
  options: Omit<SmtpOptions, 'name' | 'controlHeaders'>,
): Transport {
  return {
    ...createSmtpTransport({ ...options, name: 'postmark-smtp', controlHeaders }),
    kind: 'Postmark SMTP',
  };
}

function controlHeaders({ stream, tag, metadata, attemptId }: Envelope): Record<string, string> {
  const fields = Object.entries({ ...metadata, [attemptKey]: attemptId });
  return {
    'X-PM-Message-Stream': stream,
    ...(tag !== undefined && { 'X-PM-Tag': tag }),
    ...Object.fromEntries(fields.map(([key, value]) => [`X-PM-Metadata-${key}`, value])),
  };
}
