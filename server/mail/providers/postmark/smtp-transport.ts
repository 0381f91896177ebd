import { controlValue } from '../smtp/mime.ts';
import { createSmtpTransport, type SmtpOptions } from '../smtp/transport.ts';
import { attemptKey, type Envelope, type Transport } from '../transport.ts';
import { isLinkTrackingOff, withOwnLinksMarked } from './own-links.ts';

/** Hands over by Postmark's SMTP, steered by its X-PM headers. */
export function createPostmarkSmtpTransport(
  options: Omit<SmtpOptions, 'name' | 'controlHeaders'>,
): Transport {
  const smtp = createSmtpTransport({ ...options, name: 'postmark-smtp', controlHeaders });
  return {
    ...smtp,
    send: (envelopes, startWithinMs) => smtp.send(envelopes.map(withOwnLinksMarked), startWithinMs),
    unsubscribes: true,
    kind: 'Postmark SMTP',
  };
}

function controlHeaders(envelope: Envelope): Record<string, string> {
  const { stream, tag, metadata, attemptId, isConfidential } = envelope;
  const fields = Object.entries({ ...metadata, [attemptKey]: attemptId });
  return {
    'X-PM-Message-Stream': stream,
    ...(tag !== undefined && { 'X-PM-Tag': tag }),
    ...(isConfidential && { 'X-PM-TrackOpens': 'false' }),
    ...(isLinkTrackingOff(envelope) && { 'X-PM-TrackLinks': 'None' }),
    ...Object.fromEntries(fields.map(([key, value]) => [`X-PM-Metadata-${key}`, fitting(value)])),
  };
}

/** Mail with a longer value Postmark takes by SMTP and drops without a trace, and it may count what it decoded or not. */
const longestValue = 80;

/** Text that is not ASCII grows in a header: as much of it as stays within Postmark's limit. */
function fitting(value: string): string {
  const characters = [...value];
  while (controlValue(characters.join('')).length > longestValue) characters.pop();
  return characters.join('');
}
