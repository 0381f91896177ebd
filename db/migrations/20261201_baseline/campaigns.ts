import type { Knex } from 'knex';
import { id, table, word } from './columns.ts';

/** Campaigns, their frozen audiences, and how far they have come. */
export async function createCampaignTables(db: Knex): Promise<void> {
  // audience is the size of the frozen audience.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_campaigns (
    id ${id} NOT NULL PRIMARY KEY,
    name VARCHAR(200) NOT NULL,
    state ${word(16)} NOT NULL,
    template_version_id INT UNSIGNED NOT NULL,
    category ${word(64)} NOT NULL,
    topic ${word(64)} NULL,
    data LONGTEXT NOT NULL,
    tag VARCHAR(1000) NULL,
    send_at DATETIME(3) NULL,
    audience INT UNSIGNED NULL,
    expanded_to BIGINT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME(3) NOT NULL,
    launched_at DATETIME(3) NULL,
    finished_at DATETIME(3) NULL,
    KEY campaigns_state (state, send_at),
    KEY campaigns_template_version (template_version_id),
    FOREIGN KEY (template_version_id) REFERENCES postlane_template_versions (id)
  ) ${table}`);

  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_campaign_recipients (
    position BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    campaign_id ${id} NOT NULL,
    address VARCHAR(254) NOT NULL,
    name VARCHAR(200) NULL,
    data LONGTEXT NULL,
    UNIQUE KEY campaign_recipients_address (campaign_id, address),
    KEY campaign_recipients_page (campaign_id, position),
    FOREIGN KEY (campaign_id) REFERENCES postlane_campaigns (id)
  ) ${table}`);

  // The last count by state, and when a running campaign last advanced, so that one that is stuck shows.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_campaign_progress (
    campaign_id ${id} NOT NULL PRIMARY KEY,
    settled BIGINT UNSIGNED NOT NULL,
    progressed_at DATETIME(3) NOT NULL,
    by_state ${word(1000)} NULL,
    FOREIGN KEY (campaign_id) REFERENCES postlane_campaigns (id) ON DELETE CASCADE
  ) ${table}`);
}
