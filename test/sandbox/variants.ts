/**
 * What Postmark does where its sources contradict each other or say nothing. Each default is what most of them say; the
 * other values are there so that a client can be proved against both.
 */
export interface Variants {
  /** Webhook retries: nine, six, or as they were before August 2026 (ten for bounces, three for the rest). */
  retries: 'nine' | 'six' | 'legacy';
  /** Which answers of a webhook receiver take an event. */
  takenBy: 'any 2xx' | '200';
  /** Whether webhooks carry X-PM-Webhook-Trace-Id. */
  traceId: 'sent' | 'left out';
  /** A message of which some recipients are inactive: goes to the rest, or is refused with code 406. */
  partlyInactive: 'delivered' | 'refused';
  /** A batch with a stream that does not exist: that item fails, or the whole request. */
  batchStream: 'item' | 'request';
  /** SMTP mail that breaks a rule: taken and bounced as an SMTPApiError, or refused with a 554. */
  smtpFault: 'bounced' | 'refused';
  /** SMTP mail with an over-long metadata value: taken and lost without trace, or bounced. */
  smtpLongMetadata: 'lost' | 'bounced';
  /** Whether an unsubscribe can be taken back over the API. */
  unsubscribes: 'kept' | 'removable';
  /** Where POSTMARK_API_TEST is taken for a token. */
  testToken: 'sends' | 'everywhere';
  /** What comes with HTTP 413. */
  tooLarge: 'text' | 'json';
}

/** Every value of every variant; the first is the default. */
export const VARIANTS: { readonly [Name in keyof Variants]: readonly [Variants[Name], ...Variants[Name][]] } =
  {
    retries: ['nine', 'six', 'legacy'],
    takenBy: ['any 2xx', '200'],
    traceId: ['sent', 'left out'],
    partlyInactive: ['delivered', 'refused'],
    batchStream: ['item', 'request'],
    smtpFault: ['bounced', 'refused'],
    smtpLongMetadata: ['lost', 'bounced'],
    unsubscribes: ['kept', 'removable'],
    testToken: ['sends', 'everywhere'],
    tooLarge: ['text', 'json'],
  };

/** The variants asked for over the defaults. */
export function chooseVariants(wanted: Partial<Variants> = {}): Variants {
  return {
    retries: wanted.retries ?? VARIANTS.retries[0],
    takenBy: wanted.takenBy ?? VARIANTS.takenBy[0],
    traceId: wanted.traceId ?? VARIANTS.traceId[0],
    partlyInactive: wanted.partlyInactive ?? VARIANTS.partlyInactive[0],
    batchStream: wanted.batchStream ?? VARIANTS.batchStream[0],
    smtpFault: wanted.smtpFault ?? VARIANTS.smtpFault[0],
    smtpLongMetadata: wanted.smtpLongMetadata ?? VARIANTS.smtpLongMetadata[0],
    unsubscribes: wanted.unsubscribes ?? VARIANTS.unsubscribes[0],
    testToken: wanted.testToken ?? VARIANTS.testToken[0],
    tooLarge: wanted.tooLarge ?? VARIANTS.tooLarge[0],
  };
}

/** Reads `name=value,name=value`. Throws what is wrong with it. */
export function readVariants(text: string): Partial<Variants> {
  return checkVariants(
    text.split(',').map((pair): [string, string] => {
      const [name = '', value = ''] = pair.split('=').map(part => part.trim());
      return [name, value];
    }),
  );
}

/** The variants among some texts by name. Throws when there is no such variant or value. */
export function checkVariants(wanted: Iterable<readonly [string, unknown]>): Partial<Variants> {
  const known = new Map<string, readonly string[]>(Object.entries(VARIANTS));
  const checked = [...wanted].map(([name, value]): [string, string] => {
    const values = known.get(name);
    if (!values) throw new Error(`name=value with one of the names ${[...known.keys()].join(', ')}`);
    const found = values.find(one => one === value);
    if (found === undefined) throw new Error(`${name}=${values.join(` or ${name}=`)}`);
    return [name, found];
  });
  return Object.fromEntries(checked);
}
