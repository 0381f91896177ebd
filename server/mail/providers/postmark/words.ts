import type { BounceMeaning } from '../event.ts';
import type { SuppressionReason } from '../provider.ts';

const address = 'Ask the recipient for another address, by phone for example.';
const wait = 'Nothing to do: Postmark keeps trying.';
const answer = 'Nothing to do: it is an automatic reply.';

const bounces: Readonly<Record<string, BounceMeaning>> = {
  HardBounce: {
    means: 'Permanent failure: this mailbox does not accept mail.',
    advice: `${address} If this one works again, lift its suppression and send a copy.`,
  },
  BadEmailAddress: {
    means: 'Permanent failure: this is not a working address.',
    advice: 'Look for a typing error, correct the address where it is stored and send it there.',
  },
  Blocked: {
    means: 'The mailbox provider rejected it because of the sender or the content.',
    advice:
      'Check whether other recipients at this provider are affected, and read the server’s answer before sending a copy.',
  },
  DMARCPolicy: {
    means: 'The receiver could not verify that it comes from the domain it names.',
    advice: 'Have the SPF, DKIM and DMARC records of the sending domain checked, then send a copy.',
  },
  SpamNotification: {
    means: 'A filter classified its content as spam.',
    advice: 'Check the template’s warnings, especially links and subject, before sending a copy.',
  },
  VirusNotification: {
    means: 'A filter considered it, or an attachment, infected.',
    advice: 'Check the attachments before sending a copy.',
  },
  ManuallyDeactivated: {
    means: 'Somebody deactivated the address in the Postmark account.',
    advice: 'Find out why, then lift the suppression and send a copy.',
  },
  Unconfirmed: {
    means: 'The recipient never confirmed the subscription.',
    advice: 'Do not send it again until they do.',
  },
  SpamComplaint: {
    means: 'The recipient reported it as spam. This address gets no more mail on this stream.',
    advice: 'Do not contact this recipient; this suppression cannot be lifted.',
  },
  SMTPApiError: {
    means: 'Postmark accepted it by SMTP and then refused it: it was never sent.',
    advice: 'Fix what Postmark’s description names, then retry.',
  },
  TemplateRenderingFailed: {
    means: 'Postmark could not render it: it was never sent.',
    advice: 'Fix what Postmark’s description names, then retry.',
  },
  SoftBounce: {
    means: 'The mailbox did not accept it this time.',
    advice: 'Later mail may arrive. If it matters, send a copy in a day or so.',
  },
  Transient: { means: 'It is delayed and may still arrive.', advice: wait },
  DnsError: { means: 'The domain could not be found at the moment.', advice: wait },
  AutoResponder: { means: 'It arrived; the recipient is away.', advice: answer },
  AddressChange: {
    means: 'The recipient announced a new address.',
    advice: 'Correct the address where it is stored.',
  },
  ChallengeVerification: {
    means: 'The recipient’s filter asks the sender to confirm being human.',
    advice: 'The recipient can allow our address in their filter.',
  },
  Unsubscribe: {
    means: 'The recipient replied and asked to be unsubscribed.',
    advice: 'Nothing to do: this address gets no more bulk mail of this kind.',
  },
  Subscribe: {
    means: 'The recipient replied and asked to be subscribed.',
    advice: 'Nothing is done automatically; record their consent where you keep it.',
  },
};

/** What a bounce of this type means; null for a type that Postmark does not document. */
export function describeBounce(type: string): BounceMeaning | null {
  return (Object.hasOwn(bounces, type) && bounces[type]) || null;
}

const suppressions: Readonly<Record<string, string>> = {
  'HardBounce Recipient': 'Hard bounce',
  'SpamComplaint Recipient': 'Complained',
  'ManualSuppression Recipient': 'Unsubscribed by the recipient',
  'ManualSuppression Customer': 'Added in the Postmark account',
  'ManualSuppression Admin': 'Added by Postmark’s staff',
  'InactiveRecipient Provider': 'Inactive at Postmark, which did not say why',
};

/** Why an address is suppressed, in a few words; null for a pair that Postmark does not document. */
export function describeSuppression({ reason, origin }: SuppressionReason): string | null {
  const pair = `${reason} ${origin}`;
  return (Object.hasOwn(suppressions, pair) && suppressions[pair]) || null;
}

/** Why Postmark never lifts a suppression; null when it may be asked to. It protects what people asked for. */
export function cannotLift({ reason, origin }: SuppressionReason): string | null {
  if (reason === 'SpamComplaint')
    return 'A complaint cannot be lifted: Postmark protects people who reported mail as spam. Only they can, through its support.';
  if (origin === 'Recipient' && reason === 'ManualSuppression')
    return 'A recipient who unsubscribed can only be subscribed again by themselves.';
  return null;
}
