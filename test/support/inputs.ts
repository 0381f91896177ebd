import type { SendInput } from '../../server/mail/index.ts';

/** A password reset to somebody; the smallest transactional message there is. */
export function resetInput(over: Partial<SendInput> = {}): SendInput {
  return {
    template: 'password-reset',
    to: 'ada@mail.example',
    data: { resetUrl: 'https://shop.example/reset/1', expiresInMinutes: 30 },
    ...over,
  };
}

/** Data of the newsletter that all recipients share. */
export const newsletterData = {
  issue: 'May',
  intro: 'Hello.',
  articles: [{ title: 'One', summary: 'First.', url: 'https://shop.example/1' }],
};
