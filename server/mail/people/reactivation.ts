/** Why a suppression stays, in a sentence; null when it may be lifted. The provider protects what people asked for. */
export function cannotLiftReason({ reason, origin }: { reason: string; origin: string }): string | null {
  if (origin === 'Operator') return null;
  if (reason === 'SpamComplaint')
    return 'A complaint cannot be lifted: Postmark protects whoever reported mail as spam. Only they can, through its support.';
  if (origin === 'Recipient' && reason === 'ManualSuppression')
    return 'Who unsubscribed can only be subscribed again by themselves.';
  return null;
}
