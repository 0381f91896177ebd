/** What the pages about streams need besides the module. */
export interface StreamOptions {
  /** Where this app is reached from outside. */
  publicUrl?: string;
  /** Users of the webhook that the configuration names. */
  webhookUsers?: readonly string[];
}
