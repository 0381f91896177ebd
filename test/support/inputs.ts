import type { TemplateSend } from '../../server/mail/index.ts';

/** A password reset to somebody; the smallest transactional message there is. */
export function resetInput(over: Partial<TemplateSend> = {}): TemplateSend {
  return {
    template: 'password-reset',
    to: 'ada@mail.example',
    data: { resetUrl: 'https://shop.example/reset/1', expiresInMinutes: 30 },
    ...over,
  };
}

/** News of a higher tier: unlike a password reset, mail that operators may read. */
export function upgradeInput(over: Partial<TemplateSend> = {}): TemplateSend {
  return { template: 'loyalty-tier-upgrade', to: 'ada@mail.example', data: upgradeData(1), ...over };
}

/** Data of a higher tier, with a link that ends in its points. */
export function upgradeData(points: number) {
  const benefits = [{ title: 'One', text: 'First.' }];
  return { tier: 'Gold', points, benefits, actionUrl: `https://shop.example/tier/${points}` };
}

/** Data of the newsletter that all recipients share. */
export const newsletterData = {
  issue: 'May',
  intro: 'Hello.',
  articles: [{ title: 'One', summary: 'First.', url: 'https://shop.example/1' }],
};
