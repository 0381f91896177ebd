import type { Response } from 'express';
import type { Mail } from '../../mail/index.ts';
import { placeOf } from '../place.ts';

/** Where Postmark posts its events. */
export interface WebhookAddress {
  url: string;
  /** False when nobody said where this app is reached: then it is what this browser used. */
  known: boolean;
  /** True when only this machine reaches it, and Postmark is not on this machine. */
  unreachable: boolean;
}

/** Beside these pages, as this app is reached from outside. */
export function webhookAddress(mail: Mail, response: Response, publicUrl?: string): WebhookAddress {
  const { req } = response;
  const mount = req.originalUrl.slice(0, -`/${placeOf(response).page}`.length);
  const outside = (publicUrl ?? `${req.protocol}://${req.get('host') ?? 'localhost'}`).replace(/\/+$/, '');
  // A host may name the whole address of the pages, or only its own.
  const url = `${outside.endsWith(mount) ? outside : outside + mount}/webhooks/postmark`;
  const provider = mail.connections.list().find(({ name }) => name === 'postmark-api')?.address;
  const unreachable = isHere(new URL(url).hostname) && !isHere(provider?.replace(/:\d+$/, '') ?? '');
  return { url, known: publicUrl !== undefined, unreachable };
}

function isHere(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
