import http from 'node:http';
import https from 'node:https';

/** Connections kept open between posts, for one receiver at a time. */
export interface Connections {
  http: http.Agent;
  https: https.Agent;
}

export function openConnections(limit: number): Connections {
  const options = { keepAlive: true, maxSockets: limit };
  return { http: new http.Agent(options), https: new https.Agent(options) };
}

export function closeConnections(connections: Connections): void {
  connections.http.destroy();
  connections.https.destroy();
}

/** One POST as the poster wants it. */
export interface Post {
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs: number;
}

const MOST_REDIRECTS = 10;

/** Posts, following redirects. Answers the last HTTP status, or 0 when the receiver could not be reached in time. */
export async function post(connections: Connections, request: Post): Promise<number> {
  let url = request.url;
  for (let hop = 0; ; hop += 1) {
    const { status, location } = await postFresh(connections, { ...request, url });
    if (status < 300 || status > 399 || location === undefined || hop === MOST_REDIRECTS) return status;
    if (!URL.canParse(location, url)) return status;
    url = new URL(location, url).href;
  }
}

interface Reply {
  status: number;
  location: string | undefined;
  /** A kept connection turned out to be closed already; says nothing about the receiver. */
  stale: boolean;
}

/** Posts on another connection when a kept one was stale; each try uses up one of those. */
async function postFresh(connections: Connections, request: Post): Promise<Reply> {
  for (;;) {
    const reply = await postOnce(connections, request);
    if (!reply.stale) return reply;
  }
}

function postOnce(connections: Connections, request: Post): Promise<Reply> {
  const url = new URL(request.url);
  const [client, agent] = url.protocol === 'https:' ? [https, connections.https] : [http, connections.http];
  const headers = { ...request.headers, 'Content-Length': String(Buffer.byteLength(request.body)) };
  return new Promise(resolve => {
    const finish = (reply: Reply): void => {
      clearTimeout(timer);
      resolve(reply);
    };
    const fail = (stale: boolean): void => finish({ status: 0, location: undefined, stale });
    const call = client.request(url, { method: 'POST', agent, headers }, response => {
      const { statusCode: status = 0, headers: answered } = response;
      response.on('end', () => finish({ status, location: answered.location, stale: false }));
      response.on('error', () => fail(false));
      response.resume();
    });
    const timer = setTimeout(
      () => call.destroy(new Error('The webhook receiver took too long.')),
      request.timeoutMs,
    );
    call.on('error', error => fail(call.reusedSocket && 'code' in error && error.code === 'ECONNRESET'));
    call.end(request.body);
  });
}
