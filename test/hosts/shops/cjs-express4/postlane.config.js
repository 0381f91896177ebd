const { defineMail } = require('postlane');

module.exports = defineMail({
  from: 'Corner Shop <mail@corner.example>',
  templates: 'mail/templates',
  policy: {
    categories: {
      account: { onUnknown: 'prefer-delivery' },
      order: {},
      newsletter: { lane: 'bulk' },
    },
  },
});
