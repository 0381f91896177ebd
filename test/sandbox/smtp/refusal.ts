const TEXTS: Readonly<Record<number, string>> = {
  421: 'Service not available, closing transmission channel',
  451: 'Requested action aborted: error in processing',
  452: 'Insufficient system storage',
  454: 'TLS not available due to local problem',
  535: 'Error: authentication failed: bad credentials',
  550: 'Requested action not taken: refused by policy',
  552: 'Message too big',
  554: 'Transaction failed',
};

/** What a client is answered in place of "ok"; a 421 also ends the connection. */
export class Refusal extends Error {
  readonly responseCode: number;

  constructor(responseCode: number, text = TEXTS[responseCode] ?? 'Refused') {
    super(text);
    this.responseCode = responseCode;
  }
}
