import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of a test's own, on a free port of this machine. */
export interface HttpServer {
  url: string;
  port: number;
  /** Ends every connection. */
  close(): Promise<void>;
}

/** Starts a server that answers as told. */
export async function listen(handler: RequestListener): Promise<HttpServer> {
  const server = createServer(handler);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
