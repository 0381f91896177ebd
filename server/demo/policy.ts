import type { CategoryOptions, PolicyOptions } from '../mail/index.ts';

// A second reset link harms nobody; none at all locks somebody out.
const urgent: CategoryOptions = { onUnknown: 'prefer-delivery', essential: true };
const bulk: CategoryOptions = { lane: 'bulk' };

/** The categories that the demo's templates use. */
export const demoPolicy: PolicyOptions = {
  categories: {
    'password-reset': urgent,
    'email-verification': urgent,
    account: urgent,
    alert: urgent,
    order: { essential: true },
    receipt: { essential: true },
    booking: { essential: true },
    loyalty: {},
    newsletter: bulk,
    announcement: bulk,
  },
};
