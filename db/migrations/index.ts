import type { Knex } from 'knex';
import * as ledger from './20261121_01_ledger.ts';
import * as agenda from './20261121_02_agenda.ts';
import * as audit from './20261121_03_audit.ts';
import * as access from './20261121_04_access.ts';
import * as authoring from './20261121_05_authoring.ts';
import * as cases from './20261121_06_cases.ts';
import * as dashboard from './20261121_07_dashboard.ts';
import * as agendaStates from './20261121_08_agenda.ts';
import * as repairs from './20261121_09_repairs.ts';
import * as campaignCounts from './20261121_10_campaign_counts.ts';

interface Migration {
  up(db: Knex): Promise<void>;
  down(db: Knex): Promise<void>;
}

/** Every migration by name, in order; imported, not read from a folder, so that builds and loaders agree. */
export const migrations: Record<string, Migration> = {
  '20261121_01_ledger': ledger,
  '20261121_02_agenda': agenda,
  '20261121_03_audit': audit,
  '20261121_04_access': access,
  '20261121_05_authoring': authoring,
  '20261121_06_cases': cases,
  '20261121_07_dashboard': dashboard,
  '20261121_08_agenda': agendaStates,
  '20261121_09_repairs': repairs,
  '20261121_10_campaign_counts': campaignCounts,
};
