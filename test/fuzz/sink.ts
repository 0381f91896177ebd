import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { type HttpServer, listen } from '../support/http-server.ts';

/** A Postmark that takes everything and keeps nothing, so that it costs little however long it runs. */
export function startSink(): Promise<HttpServer> {
  return listen(async (request, response) => {
    const body = await text(request);
    const given: unknown = body === '' ? null : JSON.parse(body);
    const answer = Array.isArray(given) ? given.map(accepted) : accepted(given);
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
  });
}

function accepted(mail: unknown) {
  const { To = '' } = (mail ?? {}) as { To?: string };
  return { ErrorCode: 0, Message: 'OK', MessageID: randomUUID(), To, SubmittedAt: '2026-05-04T09:00:00Z' };
}
