import { defineMail } from 'postlane';

export default defineMail({
  from: 'Corner Shop <mail@corner.example>',
  templates: 'mail/templates',
  policy: {
    version: 2,
    categories: {
      order: { from: 'Corner Shop <orders@corner.example>' },
      newsletter: { lane: 'bulk' },
      pickup: {},
    },
  },
});
