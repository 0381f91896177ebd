import type { SandboxOptions, Settings } from './settings.ts';
import type { Provider } from './state/provider.ts';
import type { Variants } from './variants.ts';

/** What can be changed while a sandbox runs; what is not named stays. */
export type Adjustments = Pick<
  SandboxOptions,
  'latencyMs' | 'searchLagMs' | 'suppressionLagMs' | 'accountState' | 'variants'
>;

/** Changes how a sandbox behaves from now on, on every server of its account. */
export function adjust({ account }: Provider, { accountState, variants, ...times }: Adjustments): void {
  if (accountState !== undefined) account.state = accountState;
  for (const settings of [account.settings, ...account.servers.map(server => server.settings)]) {
    Object.assign(settings, given(times));
    settings.variants = { ...settings.variants, ...given(variants ?? {}) };
  }
}

/** Without what was named but left undefined. */
function given<T extends Partial<Settings | Variants>>(changes: T): Partial<T> {
  const entries = Object.entries(changes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}
