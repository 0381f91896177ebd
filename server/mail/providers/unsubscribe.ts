/** Postmark puts the recipient's own link here, on any stream; triple braces and all (its template syntax). */
export const unsubscribePlaceholder = '{{{ pm:unsubscribe }}}';
