import { defineMail } from 'postlane';

export default defineMail({
  from: 'Corner Shop <mail@corner.example>',
  templates: 'mail/templates',
  policy: {
    version: 1,
    categories: {
      order: {},
      newsletter: { lane: 'bulk' },
    },
  },
});
