/** Where a provider posts its events: at the public router, which is reached at `publicUrl`. */
export function webhookAddress(publicUrl: string, provider: string): string {
  return `${publicUrl.replace(/(?<!\/)\/+$/, '')}/webhooks/${provider}`;
}
