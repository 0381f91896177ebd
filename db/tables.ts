// What the tables of schema.sql hold, as mysql2 gives it: written by "npm run schema", and compared by the tests.
import type * as rows from './rows.ts';
import type { Table } from './table.ts';

declare module 'knex/types/tables.js' {
  interface Tables {
    postlane_account_recovery_codes: Table<rows.AccountRecoveryCodesRow>;
    postlane_account_sessions: Table<rows.AccountSessionsRow>;
    postlane_account_tokens: Table<rows.AccountTokensRow>;
    postlane_accounts: Table<rows.AccountsRow>;
    postlane_alerts: Table<rows.AlertsRow, 'id'>;
    postlane_approvals: Table<rows.ApprovalsRow>;
    postlane_attachments: Table<rows.AttachmentsRow>;
    postlane_attempts: Table<rows.AttemptsRow>;
    postlane_audit_entries: Table<rows.AuditEntriesRow, 'id'>;
    postlane_campaign_progress: Table<rows.CampaignProgressRow>;
    postlane_campaign_recipients: Table<rows.CampaignRecipientsRow, 'position'>;
    postlane_campaigns: Table<rows.CampaignsRow, 'expanded_to'>;
    postlane_consent_changes: Table<rows.ConsentChangesRow, 'id'>;
    postlane_consent_confirmations: Table<rows.ConsentConfirmationsRow>;
    postlane_consents: Table<rows.ConsentsRow, 'source'>;
    postlane_cursors: Table<rows.CursorsRow>;
    postlane_dirty_hours: Table<rows.DirtyHoursRow, 'messages' | 'open'>;
    postlane_events: Table<rows.EventsRow, 'id'>;
    postlane_hourly_message_stats: Table<rows.HourlyMessageStatsRow>;
    postlane_hourly_queue_ages: Table<rows.HourlyQueueAgesRow>;
    postlane_idempotency_keys: Table<rows.IdempotencyKeysRow>;
    postlane_instances: Table<rows.InstancesRow>;
    postlane_learnt_streams: Table<rows.LearntStreamsRow>;
    postlane_message_attachments: Table<rows.MessageAttachmentsRow>;
    postlane_message_contents: Table<rows.MessageContentsRow>;
    postlane_message_metadata: Table<rows.MessageMetadataRow>;
    postlane_messages: Table<
      rows.MessagesRow,
      'attempt_count' | 'confidential' | 'idempotency_scope' | 'soft_bounces'
    >;
    postlane_provider_servers: Table<rows.ProviderServersRow>;
    postlane_published_revision: Table<rows.PublishedRevisionRow>;
    postlane_reconciliations: Table<
      rows.ReconciliationsRow,
      'id' | 'bounces_seen' | 'bounces_repaired' | 'suppressions_seen' | 'suppressions_repaired'
    >;
    postlane_sample_data: Table<rows.SampleDataRow>;
    postlane_security_counts: Table<rows.SecurityCountsRow>;
    postlane_sign_in_failures: Table<rows.SignInFailuresRow>;
    postlane_suppression_changes: Table<rows.SuppressionChangesRow, 'id'>;
    postlane_suppression_fences: Table<rows.SuppressionFencesRow>;
    postlane_suppressions: Table<rows.SuppressionsRow, 'scope' | 'topic' | 'source' | 'class' | 'reported'>;
    postlane_template_source_versions: Table<rows.TemplateSourceVersionsRow>;
    postlane_template_sources: Table<rows.TemplateSourcesRow, 'revision'>;
    postlane_template_versions: Table<rows.TemplateVersionsRow, 'id'>;
    postlane_test_senders: Table<rows.TestSendersRow>;
    postlane_topics: Table<rows.TopicsRow>;
    postlane_unmatched_events: Table<rows.UnmatchedEventsRow>;
    postlane_webhook_passwords: Table<rows.WebhookPasswordsRow, 'id'>;
  }
}
