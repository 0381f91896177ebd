const bodyParser = require('body-parser');
const express = require('express');
const methodOverride = require('method-override');
const { mailRouter } = require('postlane/express');

/** A shop as they were written ten years ago: it parses every body before anything else. */
module.exports = function createShop(mail) {
  const app = express();
  app.use(bodyParser.json());
  app.use(bodyParser.urlencoded({ extended: false }));
  app.use(methodOverride('_method'));
  app.use(
    '/intern/mail',
    mailRouter(mail, {
      authenticate: request => request.headers['x-user'] === 'ada' && { id: '1', name: 'Ada', role: 'admin' },
      signInUrl: '/login?next={return}',
    }),
  );
  app.get('/', (request, response) => response.send('The shop'));
  return app;
};
