import type { Db } from '../../../db/connect.ts';
import type { Transport } from '../providers/transport.ts';
import type { Brands } from '../routing/brands.ts';
import type { Linking } from '../routing/mail-links.ts';
import type { Policy } from '../routing/policy.ts';
import type { Log } from '../shared/log.ts';
import type { RenderPool } from './preview/render-pool.ts';
import type { Templates } from './templates.ts';

/** What the flows about templates work with, of all that the module has. */
export interface TemplatesContext extends Linking {
  db: Db;
  now: () => Date;
  log: Log;
  policy: Policy;
  production?: boolean | undefined;
  brands: Pick<Brands, 'all' | 'ofTemplate'>;
  templates: Templates;
  /** Where what admins typed is rendered and checked. */
  renderPool: RenderPool;
  transports: ReadonlyMap<string, Transport>;
}
