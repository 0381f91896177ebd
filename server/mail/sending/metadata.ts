import { MailError } from '../error.ts';
import type { Limits } from '../providers/limits.ts';
import { attemptKey } from '../providers/transport.ts';

/** Throws `invalid-input` for metadata that a provider would refuse or lose. */
export function checkMetadata(metadata: Record<string, string>, limits: Limits): void {
  const keys = Object.keys(metadata);
  if (keys.length > limits.metadataFields) {
    throw new MailError('invalid-input', `metadata may have ${limits.metadataFields} fields.`, 'metadata');
  }
  const seen = new Set<string>();
  for (const key of keys) {
    const field = `metadata.${key}`;
    // A key becomes part of a header's name over SMTP, so it has to be one word.
    if (!/^[A-Za-z0-9_-]+$/.test(key) || key.length > limits.metadataKey) {
      throw new MailError(
        'invalid-input',
        `A metadata key is 1 to ${limits.metadataKey} characters a-z, A-Z, 0-9, - or _.`,
        field,
      );
    }
    if ((metadata[key]?.length ?? 0) > limits.metadataValue) {
      throw new MailError(
        'invalid-input',
        `${field} is longer than ${limits.metadataValue} characters.`,
        field,
      );
    }
    if (seen.has(key.toLowerCase()) || key.toLowerCase() === attemptKey) {
      throw new MailError('invalid-input', `${field} is taken; case does not tell keys apart.`, field);
    }
    seen.add(key.toLowerCase());
  }
}
