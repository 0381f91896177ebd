import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { answerControl } from './control/routes.ts';
import { answerPage } from './pages/routes.ts';
import type { Provider } from './provider.ts';
import { answerRest } from './rest/listener.ts';

/** The HTTP side while it runs. */
export interface HttpListener {
  port: number;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

/** Starts REST, control and pages on one port. */
export async function listenHttp(provider: Provider, caCertificate: string): Promise<HttpListener> {
  const server = http.createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
    answer(provider, caCertificate, request, response).catch((error: unknown) => fail(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(provider.settings.port, provider.settings.host, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : provider.settings.port;
  return { port, close: () => closeServer(server) };
}

async function answer(
  provider: Provider,
  caCertificate: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = addressOf(request);
  if (await answerPage(provider, request, response, url)) return;
  if (await answerControl(provider, caCertificate, request, response, url)) return;
  await answerRest(provider, request, response, url);
}

/** What begins with two slashes is a path here, too, and no name of a host. */
function addressOf({ url = '/' }: IncomingMessage): URL {
  const base = 'http://sandbox.invalid';
  return url.startsWith('/') ? new URL(base + url) : URL.canParse(url) ? new URL(url) : new URL(base);
}

/** A fault of the sandbox itself, in the form of Postmark's code 101. */
function fail(response: ServerResponse, error: unknown): void {
  if (response.destroyed || response.headersSent) return void response.destroy();
  const message = error instanceof Error ? error.message : 'unknown';
  response.writeHead(500, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ ErrorCode: 101, Message: `The sandbox failed: ${message}` }));
}

function closeServer(server: http.Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
