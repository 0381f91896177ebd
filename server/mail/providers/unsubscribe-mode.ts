/**
 * Whose link recipients of bulk mail unsubscribe by. `provider`: the provider's own, which it puts into the mail and its
 * headers; who follows it is on its list of that stream. `own`: to our page, with the two headers of RFC 8058; it ends the
 * topic of that mail alone, and the provider is told nothing else.
 */
export type UnsubscribeMode = 'provider' | 'own';
