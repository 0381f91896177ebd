import type { Request } from 'express';
import type { Mail, WebhookProvider } from '../../mail/index.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { locationOf } from '../page-location.ts';
import type { StreamOptions } from './options.ts';

/** Where a provider posts its events. */
export interface WebhookAddress {
  url: string;
  /** False when nobody said where this app is reached: then it is what this browser used. */
  known: boolean;
  /** True when only this machine reaches it, and the provider is not on this machine. */
  unreachable: boolean;
}

/** Beside these pages, as this app is reached from outside. */
export function webhookAddress(
  { mail, request, response }: Page,
  { key }: WebhookProvider,
  { publicUrl, publicPath }: StreamOptions,
): WebhookAddress {
  const { outside, page } = locationOf(response);
  const mount = request.originalUrl.slice(0, -`/${page}`.length);
  const prefix = outside.endsWith(mount) ? outside.slice(0, outside.length - mount.length) : '';
  const path = publicPath === undefined ? outside : prefix + publicPath.replace(/(?<!\/)\/+$/, '');
  const url = `${originOf(request, publicUrl)}${path}/webhooks/${key}`;
  const theirs = mail.connections.list().find(({ webhooks }) => webhooks === key)?.address;
  const unreachable = isHere(new URL(url).hostname) && !isHere(theirs?.replace(/:\d+$/, '') ?? '');
  return { url, known: publicUrl !== undefined, unreachable };
}

/** Every provider that posts events with the address for it, for the views. */
export function webhookProviders(page: Page, options: StreamOptions) {
  return page.mail.webhooks.providers.map(provider => ({
    ...provider,
    address: webhookAddress(page, provider, options),
  }));
}

/** The provider that a form or query names, or the first; one that posts no events has no page. */
export function providerNamed(mail: Mail, name: unknown): WebhookProvider {
  const { providers } = mail.webhooks;
  const provider = name === undefined ? providers[0] : providers.find(({ key }) => key === name);
  if (!provider) throw notFound('There is no such provider.');
  return provider;
}

// What a browser says of the host may be anything.
function originOf(request: Request, publicUrl = ''): string {
  const asked = `${request.protocol}://${request.get('host')}`;
  const known = [publicUrl, asked].find(one => URL.canParse(one));
  return known ? new URL(known).origin : 'http://localhost';
}

function isHere(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
