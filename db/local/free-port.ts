import { createServer } from 'node:net';

/** `wanted` when it is free on loopback, else any free port of it. */
export async function freePort(wanted = 0): Promise<number> {
  return (await listen(wanted)) ?? (await listen(0)) ?? 0;
}

function listen(port: number): Promise<number | null> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });
}
