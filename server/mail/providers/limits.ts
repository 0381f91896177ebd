/** What one message may have; lengths in characters, sizes in bytes. How many go in one call is the transport's `pageSize`. */
export interface Limits {
  /** Of to, cc and bcc together. */
  recipients: number;
  /** Both bodies and the attachments, after base64. */
  messageBytes: number;
  /** Each body. */
  bodyBytes: number;
  subject: number;
  tag: number;
  /** Beside the one that carries our attempt id. */
  metadataFields: number;
  metadataKey: number;
  metadataValue: number;
  /** Extensions of files that are refused, in lower case. */
  forbiddenExtensions: readonly string[];
}

/** What holds where no provider says otherwise. */
export const commonLimits: Limits = {
  recipients: 50,
  messageBytes: 10 * 1024 * 1024,
  bodyBytes: 5 * 1024 * 1024,
  subject: 2000,
  tag: 1000,
  metadataFields: 9,
  metadataKey: 20,
  metadataValue: 80,
  forbiddenExtensions: [],
};

/** What every one of these takes: a message may change its route between acceptance and hand-over. */
export function sharedLimits(all: readonly Limits[]): Limits {
  const [first = commonLimits, ...rest] = all;
  return rest.reduce(stricter, first);
}

function stricter(one: Limits, other: Limits): Limits {
  return {
    recipients: Math.min(one.recipients, other.recipients),
    messageBytes: Math.min(one.messageBytes, other.messageBytes),
    bodyBytes: Math.min(one.bodyBytes, other.bodyBytes),
    subject: Math.min(one.subject, other.subject),
    tag: Math.min(one.tag, other.tag),
    metadataFields: Math.min(one.metadataFields, other.metadataFields),
    metadataKey: Math.min(one.metadataKey, other.metadataKey),
    metadataValue: Math.min(one.metadataValue, other.metadataValue),
    forbiddenExtensions: [...new Set([...one.forbiddenExtensions, ...other.forbiddenExtensions])],
  };
}
