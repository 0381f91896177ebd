import type { Knex } from 'knex';
import { createAdministrationTables } from './administration.ts';
import { createAgendaTables } from './agenda.ts';
import { createCampaignTables } from './campaigns.ts';
import { createEventTables } from './events.ts';
import { createMessageTables } from './messages.ts';
import { createMonitoringTables } from './monitoring.ts';
import { createTemplateTables } from './templates.ts';

/** All tables of the first release, each after those that it refers to. */
export async function up(db: Knex): Promise<void> {
  await createTemplateTables(db);
  await createCampaignTables(db);
  await createMessageTables(db);
  await createEventTables(db);
  await createAdministrationTables(db);
  await createMonitoringTables(db);
  await createAgendaTables(db);
}
