import http from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { controlRoutes } from '../control/routes.ts';
import { pageRoutes } from '../pages/routes.ts';
import { restRoutes, send } from '../rest/listener.ts';
import type { Provider } from '../state/provider.ts';

/** The HTTP side while it runs. */
export interface HttpListener {
  port: number;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

/** Starts REST, control and pages on one port. */
export async function listenHttp(provider: Provider, caCertificate: string): Promise<HttpListener> {
  const app = express().disable('x-powered-by').disable('etag');
  app.use(restRoutes(provider), pageRoutes(provider), controlRoutes(provider, caCertificate));
  app.use((_, response) => send(response, { status: 404, body: 'Not Found' }));
  app.use(fail);
  const server = http.createServer({ keepAliveTimeout: 30_000 }, app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(provider.settings.port, provider.settings.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : provider.settings.port;
  return { port, close: () => closeServer(server) };
}

/** A fault of the sandbox itself, in the form of Postmark's code 101. Express wants its handlers of errors to take four. */
const fail: ErrorRequestHandler = (error: unknown, _request, response, _next) => {
  if (response.destroyed || response.headersSent) response.destroy();
  else if (error instanceof URIError) send(response, { status: 404, body: 'Not Found' });
  else {
    const message = error instanceof Error ? error.message : 'unknown';
    response.status(500).json({ ErrorCode: 101, Message: `The sandbox failed: ${message}` });
  }
};

function closeServer(server: http.Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
