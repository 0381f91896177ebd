import { connect } from 'node:net';

/** What a server answered on a connection of its own; a status of 0 when it ended the connection without a word. */
export interface RawAnswer {
  status: number;
  /** In lower case, the last of those that are repeated. */
  headers: Record<string, string>;
  body: string;
}

/** What is sent as it is. */
export interface RawRequest {
  /** Each is written by itself. */
  parts: readonly (string | Buffer)[];
  /** Ends the connection behind the last part, as a caller who gives up; nothing is heard then. */
  abort?: boolean;
}

const patienceMs = 60_000;

/** Sends bytes that no client library would send, and hears the answer. */
export function sendRaw(port: number, { parts, abort = false }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const heard: Buffer[] = [];
    const answered = () => resolve(readAnswer(Buffer.concat(heard).toString('latin1')));
    socket.setTimeout(patienceMs, () => socket.destroy(new Error('There was no answer.')));
    socket.on('data', chunk => heard.push(chunk));
    // A server that has answered need not read the rest.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' || error.code === 'ECONNRESET' ? answered() : reject(error),
    );
    socket.on('close', answered);
    socket.on('connect', () => {
      for (const part of parts) socket.write(part);
      if (abort) socket.end(() => setTimeout(() => socket.destroy(), 50));
    });
  });
}

/** A request whose length is right, on a connection that ends with it. */
export function wholeRequest(
  line: string,
  headers: readonly string[],
  body: string | Buffer = '',
): RawRequest['parts'] {
  const bytes = Buffer.from(body);
  const length = bytes.length > 0 ? [`Content-Length: ${bytes.length}`] : [];
  const all = ['Connection: close', ...length, ...headers];
  const isHostGiven = headers.some(header => /^host:/i.test(header));
  const head = [`${line} HTTP/1.1`, ...(isHostGiven ? [] : ['Host: localhost']), ...all];
  return [Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes];
}

function readAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end === -1 ? text.length : end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map(line => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0);
  return { status, headers, body: end === -1 ? '' : text.slice(end + 4) };
}
