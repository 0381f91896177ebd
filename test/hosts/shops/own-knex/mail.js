import { defineMail } from 'postlane';
import { db } from './database.js';

export const options = defineMail({
  database: { knex: db },
  from: 'Corner Shop <mail@corner.example>',
  postmark: { token: process.env.POSTMARK_SERVER_TOKEN ?? 'token-of-a-test' },
  templates: 'mail/templates',
  logLevel: 'silent',
  policy: {
    categories: {
      account: { onUnknown: 'prefer-delivery' },
      order: {},
      newsletter: { lane: 'bulk' },
    },
  },
});
