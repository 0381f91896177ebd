import type { Logger } from 'pino';
import type { Db } from '../../../../db/connect.ts';
import type { Policy } from '../../routing/policy.ts';
import type { TemplateChecks } from '../preview/index.ts';
import type { Library } from './library.ts';

/** The checks that authoring asks for. */
export type StudioChecks = Pick<TemplateChecks, 'check' | 'compileMjml' | 'preview'>;

/** What the flows of authoring work with. */
export interface Studio {
  db: Db;
  now: () => Date;
  log: Logger;
  policy: Policy;
  checks: StudioChecks;
  /** Everything published, as it is now. */
  library(): Promise<Library>;
  /** Lets this process send by what was just published. */
  refresh(): void;
  /** The folder of template files. */
  folder: string;
}
