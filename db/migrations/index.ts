import type { Knex } from 'knex';
import * as baseline from './20261201_baseline/index.ts';
import * as composedMail from './20261202_composed_mail.ts';
import * as instances from './20261202_instances.ts';
import * as servers from './20261202_servers.ts';
import * as approvals from './20261203_approvals.ts';
import * as securityEvents from './20261203_security_events.ts';
import * as sessions from './20261203_sessions.ts';
import * as suppressions from './20261203_suppressions.ts';
import * as testSends from './20261203_test_sends.ts';
import * as softBounces from './20261204_soft_bounces.ts';
import * as suppressionExpiry from './20261204_suppression_expiry.ts';
import * as topics from './20261204_topics.ts';
import * as unmatchedEvents from './20261204_unmatched_events.ts';
import * as waitingEvents from './20261204_waiting_events.ts';

// The rules of a migration:
// - It is frozen: once released it is never edited, and it imports nothing that goes on changing. It may use
//   helpers.ts, which is frozen as well, and files in a folder of its own.
// - It can be repeated: DDL commits by itself, so a process that is killed leaves a part of its steps done, and the next
//   one runs all of them again. CREATE TABLE IF NOT EXISTS, addColumnIfMissing, addIndexIfMissing; a change of data says
//   in its WHERE what is still to be changed.
// - It only adds, so that older releases go on working on the new tables: through a rolling deploy, and after a rollback.
//   Columns are added with a default or NULL; nothing that a release reads or writes is renamed, narrowed or dropped.
//   A release therefore passes over names in the history that it does not know.
// - What takes something away comes a release after its last use, and says by its name which releases can go on without:
//   `20270301_drop_note_after_20270101` is for those that know a migration of 20270101 or later. Older ones refuse to start.
// - Its name is `YYYYMMDD_what`, later than all before it.
// - Every name begins with `postlane_`: the tables live in the host's own database.

interface Migration {
  up(db: Knex): Promise<void>;
}

/** Every migration by name, in order; imported, not read from a folder, so that builds and loaders agree. */
export const migrations: Record<string, Migration> = {
  '20261201_baseline': baseline,
  '20261202_composed_mail': composedMail,
  '20261202_instances': instances,
  '20261202_servers': servers,
  '20261203_approvals': approvals,
  '20261203_security_events': securityEvents,
  '20261203_sessions': sessions,
  '20261203_suppressions': suppressions,
  '20261203_test_sends': testSends,
  '20261204_suppression_expiry': suppressionExpiry,
  '20261204_soft_bounces': softBounces,
  '20261204_topics': topics,
  '20261204_unmatched_events': unmatchedEvents,
  '20261204_waiting_events': waitingEvents,
};
