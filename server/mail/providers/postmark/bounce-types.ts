import type { EventKind } from '../event.ts';

/**
 * What a report says of the address: `hard`, the message was refused for good; `soft`, it was turned away for now, and five in
 * a row count against the address; `innocent`, a delay, a fault of ours or an automatic reply, which does not.
 */
export type BounceOutcome = 'hard' | 'soft' | 'innocent';

/** What a bounce of one type comes to. Whether Postmark suppresses the address is `Inactive`'s to say. */
export interface BounceType {
  kind: EventKind;
  outcome: BounceOutcome;
}

const hard: BounceType = { kind: 'bounced', outcome: 'hard' };
const soft: BounceType = { kind: 'soft-bounced', outcome: 'soft' };
const delayed: BounceType = { kind: 'delayed', outcome: 'innocent' };
const reply: BounceType = { kind: 'auto-replied', outcome: 'innocent' };
const refused: BounceType = { kind: 'refused', outcome: 'innocent' };

const bounceTypes: Readonly<Record<string, BounceType>> = {
  HardBounce: hard,
  BadEmailAddress: hard,
  Blocked: hard,
  DMARCPolicy: hard,
  SpamNotification: hard,
  VirusNotification: hard,
  ManuallyDeactivated: hard,
  Unconfirmed: hard,
  SpamComplaint: { kind: 'complained', outcome: 'hard' },
  SMTPApiError: refused,
  TemplateRenderingFailed: refused,
  SoftBounce: soft,
  Unknown: soft,
  Transient: delayed,
  DnsError: delayed,
  ChallengeVerification: reply,
  AutoResponder: reply,
  AddressChange: reply,
  OpenRelayTest: reply,
  Unsubscribe: reply,
  Subscribe: reply,
};

/** See {@link BounceType}; one that Postmark does not document is soft. */
export function bounceTypeOf(type: string): BounceType {
  return (Object.hasOwn(bounceTypes, type) && bounceTypes[type]) || soft;
}
