import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RequestHandler, Router } from 'express';
import { errorHandler } from '../errors.ts';
import { type HostMiddleware, onOwnExpress } from '../host/own-express.ts';
import type { Mail } from '../mail/index.ts';
import { probeHeader } from '../probe/probe-header.ts';
import { setPublicHeaders } from '../public-headers.ts';
import { type WebhookLoginOptions, webhookLogin } from './login.ts';
import { refusingMalformed } from './router.ts';

/** Bytes; what is longer is none of the many. */
const longest = 1024 * 1024;

/**
 * Takes an event as providers usually post it: short, plain JSON whose body nobody has touched, with a password of ours in its
 * header. Such are nearly all, and come in storms: they spare Express, which costs more than reading them. Everything else,
 * whatever is wrong with it included, goes to `others`, the whole road of `webhookRouter`.
 */
export function usualPosts(mail: Mail, options: WebhookLoginOptions, others: HostMiddleware): HostMiddleware {
  const login = webhookLogin(mail, options);
  const providers = new Map(mail.webhooks.providers.map(({ key }) => [`/webhooks/${key}`, key]));
  const failures = new WeakMap<IncomingMessage, unknown>();
  const again: RequestHandler = (request, _response, next) => next(failures.get(request));
  const fail = onOwnExpress(Router().use(again, refusingMalformed(mail), errorHandler(mail)));
  const receive = async (
    provider: string,
    ...[request, response, next]: Parameters<HostMiddleware>
  ): Promise<void> => {
    if (!(await login.accepts(request.headers.authorization))) return others(request, response, next);
    setPublicHeaders(response);
    try {
      const { result } = await mail.receive(provider, await textOf(request));
      answer(response, { result });
    } catch (error) {
      failures.set(request, error);
      fail(request, response, next);
    }
  };
  return (request, response, next) => {
    const provider = isUsual(request, response) ? providers.get(request.url ?? '') : undefined;
    if (provider === undefined) others(request, response, next);
    else receive(provider, request, response, next).catch(next);
  };
}

type FoundRequest = IncomingMessage & { body?: unknown; _body?: unknown };

function isUsual(request: FoundRequest, response: ServerResponse): boolean {
  const { method, headers } = request;
  const length = Number(headers['content-length']);
  return (
    method === 'POST' &&
    length > 0 &&
    length <= longest &&
    headers['transfer-encoding'] === undefined &&
    headers['content-encoding'] === undefined &&
    headers[probeHeader] === undefined &&
    isUtf8(headers['content-type']) &&
    request.body === undefined &&
    request._body === undefined &&
    request.readableFlowing === null &&
    !request.readableDidRead &&
    !response.headersSent
  );
}

function isUtf8(type = ''): boolean {
  return !/charset/i.test(type) || /charset="?utf-8"?\s*$/i.test(type);
}

/** Rejects when the sender goes before all of it is here. */
function textOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () =>
      resolve((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString() ?? ''),
    );
    request.on('error', reject);
    request.on('close', () => request.complete || reject(new Error('The request was cut off.')));
  });
}

function answer(response: ServerResponse, body: object): void {
  const text = JSON.stringify(body);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  response.end(text);
}
