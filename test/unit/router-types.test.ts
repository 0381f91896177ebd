import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'chai';
import type * as express5 from 'express';
import type * as express4 from 'express4-types';
import type { AdminRouterOptions, Authenticate, HostMiddleware } from '../../server/app.ts';

// The compiler checks these; nothing of them runs.

/** As hosts mount a router, with the types of either Express, and with none. */
function mounted(router: HostMiddleware, four: express4.Express, five: express5.Express): void {
  four.use(router);
  four.use('/mail', router);
  four.use(['/mail', /^\/post/], router);
  five.use(router);
  five.use('/mail', router);
  five.use(['/mail', /^\/post/], router);
  const plain: (request: IncomingMessage, response: ServerResponse, next: () => void) => void = router;
  expect(plain).to.be.a('function');
}

/** As hosts say who somebody is, by the types of either Express, and by none. */
const answers: Authenticate[] = [
  () => true,
  async () => null,
  ({ headers }) => headers['x-user'] === 'ada',
  (request: express4.Request) => request.get('x-user') === 'ada',
  (request: express5.Request) => request.get('x-user') === 'ada' && { id: '1', name: 'Ada', role: 'viewer' },
  () => 'forbidden',
];

/** As hosts answer those who are not signed in. */
const redirects: NonNullable<AdminRouterOptions['onUnauthenticated']>[] = [
  (_request, response) => response.end(),
  (_request: express4.Request, response: express4.Response) => response.redirect('/login'),
  async (_request: express5.Request, response: express5.Response) => response.redirect('/login'),
];

/** As hosts misspell it. */
const wrong: AdminRouterOptions = {
  // @ts-expect-error: a role that there is not.
  authenticate: () => ({ id: '1', name: 'Ada', role: 'boss' }),
};

describe('types of the routers', () => {
  it('fit hosts of either Express; the compiler has checked it', () => {
    expect(answers).to.have.length(6);
    expect(redirects).to.have.length(3);
    expect([typeof mounted, typeof wrong.authenticate]).to.deep.equal(['function', 'function']);
  });
});
