/** What the pages about streams need besides the module. */
export interface StreamOptions {
  /** Where this app is reached from outside. */
  publicUrl?: string;
  /** Path in the host at which webhooks are received, where it is not that of these pages. */
  publicPath?: string;
  /** Sign the probe of the webhooks. */
  secretKeys: readonly string[];
  /** Users of the webhook that the configuration names. */
  webhookUsers?: readonly string[];
}
