import type { Response } from 'express';
import { PREVIEW_POLICY } from './preview.ts';

const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** What a page answers; a text is HTML. */
export type Answer =
  | string
  | { type: 'text/css' | 'text/javascript'; content: string }
  | { frame: string }
  | { picture: Buffer }
  | { file: Buffer; name: string }
  | { seeOther: string };

/** Sends an answer with the policy that belongs to it. */
export function writeAnswer(response: Response, answer: Answer): void {
  if (typeof answer === 'string') send(response, 'text/html', POLICY, answer);
  else if ('frame' in answer) send(response, 'text/html', PREVIEW_POLICY, answer.frame);
  else if ('picture' in answer) sendPicture(response, answer.picture);
  else if ('file' in answer) sendFile(response, answer);
  else if ('content' in answer) send(response, answer.type, POLICY, answer.content);
  else response.writeHead(303, { Location: answer.seeOther }).end();
}

function sendPicture(response: Response, picture: Buffer): void {
  response.writeHead(200, {
    'Content-Type': 'image/gif',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  });
  response.end(picture);
}

/** To be saved, never shown: what is in it came with a mail. */
function sendFile(response: Response, { file, name }: { file: Buffer; name: string }): void {
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, '_')}`,
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-store',
  });
  response.end(file);
}

function send(response: Response, type: string, policy: string, content: string): void {
  response.writeHead(200, {
    'Content-Type': `${type}; charset=utf-8`,
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  });
  response.end(content);
}
