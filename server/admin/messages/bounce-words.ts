/** What a report of Postmark's means for us, and what can be done about it. */
export interface Meaning {
  means: string;
  advice: string;
}

const address = 'Ask the recipient for another address, by another way than mail.';
const wait = 'Nothing has to be done; Postmark goes on trying by itself.';
const answer = 'Nothing has to be done: it is an automatic answer.';

const meanings: Readonly<Record<string, Meaning>> = {
  HardBounce: {
    means: 'It failed for good: this mailbox does not take mail.',
    advice: `${address} Should this one work again, lift its suppression and send a copy.`,
  },
  BadEmailAddress: {
    means: 'It failed for good: nobody can be reached by this address.',
    advice: 'Look for a typing error, correct the address at its source and send it there.',
  },
  Blocked: {
    means: 'The mailbox provider turned it away because of the sender or the content.',
    advice:
      'See whether others at this provider are affected, and look at the server’s answer before sending a copy.',
  },
  DMARCPolicy: {
    means: 'The receiver could not prove that it is from the domain it names.',
    advice: 'Have the SPF, DKIM and DMARC records of the sending domain checked, then send a copy.',
  },
  SpamNotification: {
    means: 'A filter took its content for spam.',
    advice: 'Look at the template’s warnings, above all links and subject, before sending a copy.',
  },
  VirusNotification: {
    means: 'A filter took it, or a file with it, for infected.',
    advice: 'Check the attachments before sending a copy.',
  },
  ManuallyDeactivated: {
    means: 'Somebody had switched the address off in the Postmark account.',
    advice: 'Ask why; then lift the suppression and send a copy.',
  },
  Unconfirmed: {
    means: 'The recipient never confirmed wanting mail.',
    advice: 'Do not send it again before they do.',
  },
  SpamComplaint: {
    means: 'The recipient reported it as spam. Nothing more goes to this address on this stream.',
    advice: 'Leave them in peace: neither we nor Postmark lift that.',
  },
  SMTPApiError: {
    means: 'Postmark had taken it by SMTP and then refused it: it never left.',
    advice: 'Mend what Postmark’s words name, then try again.',
  },
  TemplateRenderingFailed: {
    means: 'Postmark could not put it together: it never left.',
    advice: 'Mend what Postmark’s words name, then try again.',
  },
  SoftBounce: {
    means: 'The mailbox did not take it this time.',
    advice: 'Later mail may arrive. Send a copy in a day or so if it matters.',
  },
  Transient: { means: 'It is delayed and may still arrive.', advice: wait },
  DnsError: { means: 'The domain could not be found for the moment.', advice: wait },
  AutoResponder: { means: 'It arrived; the recipient is away.', advice: answer },
  AddressChange: {
    means: 'The recipient announces a new address.',
    advice: 'Correct the address at its source.',
  },
  ChallengeVerification: {
    means: 'The recipient’s filter asks the sender to prove being human.',
    advice: 'The recipient can let our address through in their filter.',
  },
  Unsubscribe: {
    means: 'The recipient answered asking to be taken off the list.',
    advice: 'Add a suppression for this address, unless there is one.',
  },
  Subscribe: {
    means: 'The recipient answered asking to be put on the list.',
    advice: 'Nothing is done by itself; note their consent where you keep it.',
  },
};

/** What a bounce of this type means. What we do not know is left to Postmark's words. */
export function meaningOf(type: unknown): Meaning {
  const known = typeof type === 'string' && Object.hasOwn(meanings, type) ? meanings[type] : undefined;
  return (
    known ?? {
      means: 'It may not have arrived; Postmark could not say more.',
      advice: 'Read the server’s answer. If it matters, ask the recipient or send a copy.',
    }
  );
}
