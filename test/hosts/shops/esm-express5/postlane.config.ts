import { defineMail } from 'postlane';

export default defineMail({
  from: 'Corner Shop <mail@corner.example>',
  templates: 'mail/templates',
  publicUrl: 'https://corner.example/mail',
  policy: {
    categories: {
      account: { onUnknown: 'prefer-delivery' },
      order: {},
      newsletter: { lane: 'bulk' },
    },
  },
});
