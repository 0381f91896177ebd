import compression from 'compression';
import cookieParser from 'cookie-parser';
import { doubleCsrf } from 'csrf-csrf';
import express, { type Express } from 'express';
import session from 'express-session';
import helmet from 'helmet';
import type { Mail } from 'postlane';
import { adminRouter, publicRouter } from 'postlane/express';

declare module 'express-session' {
  interface SessionData {
    user?: { id: string; name: string; isAdmin: boolean };
  }
}

const { doubleCsrfProtection, generateCsrfToken } = doubleCsrf({
  getSecret: () => 'a secret of the shop',
  getSessionIdentifier: request => request.session.id,
  cookieName: 'shop.csrf',
  cookieOptions: { secure: false },
});

/** A shop with everything that shops have in front of their routes. */
export function createShop(mail: Mail): Express {
  const app = express();
  app.set('trust proxy', 1);
  // Postmark and recipients have neither a session nor a token of ours.
  app.use('/mail', publicRouter(mail));
  app.use(helmet());
  app.use(compression());
  app.use(cookieParser());
  app.use(session({ secret: 'another secret', resave: false, saveUninitialized: true, name: 'shop.sid' }));
  app.use(express.json());
  app.use(express.urlencoded({ extended: true }));
  app.post('/sign-in', (request, response) => {
    request.session.user = { id: '7', name: 'Ada', isAdmin: true };
    response.sendStatus(204);
  });
  app.use(
    '/mail',
    adminRouter(mail, {
      authenticate: ({ session }) => {
        const user = (session as { user?: { id: string; name: string; isAdmin: boolean } } | undefined)?.user;
        return user?.isAdmin ? { id: user.id, name: user.name, role: 'admin' } : null;
      },
      onUnauthenticated: (_request, response) => {
        response.statusCode = 302;
        response.setHeader('Location', '/sign-in');
        response.end();
      },
      errors: 'host',
    }),
  );
  app.get('/form', (request, response) => {
    response.json({ token: generateCsrfToken(request, response) });
  });
  app.use(doubleCsrfProtection);
  app.post('/orders', (request, response) => {
    response.json(request.body);
  });
  app.use(((error, _request, response, _next) => {
    response.status(error.status ?? error.statusCode ?? 500).send(`The shop's own page: ${error.message}`);
  }) satisfies express.ErrorRequestHandler);
  return app;
}
