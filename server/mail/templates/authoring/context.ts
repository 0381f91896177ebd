import type { Db } from '../../../../db/connect.ts';
import type { Brand } from '../../routing/brands.ts';
import type { Policy } from '../../routing/policy.ts';
import type { Log } from '../../shared/log.ts';
import type { DraftChecks } from '../preview/draft-checks.ts';
import type { TemplateChecks } from '../preview/index.ts';
import type { SourceFolders } from './file-names.ts';
import type { PublishedSources } from './published-sources.ts';

/** The checks that authoring asks for: whatever needs an unpublished source to be parsed, compared or rendered. */
export type AuthoringChecks = DraftChecks & Pick<TemplateChecks, 'check' | 'compileMjml'>;

/** What the flows of authoring work with. */
export interface AuthoringContext {
  db: Db;
  now: () => Date;
  log: Log;
  policy: Policy;
  /** In whose names mail goes out. */
  brands: readonly Brand[];
  /** Whether mail goes to real people: then no brand of a demo is published. */
  production?: boolean | undefined;
  checks: AuthoringChecks;
  /** Everything published, as it is now. */
  published(): Promise<PublishedSources>;
  /** Lets this process send by what was just published. */
  refresh(): void;
  folders: SourceFolders;
}
