import type { Mail } from '../server/mail/index.ts';

/** A job: when it runs and the one call into the module that it makes. */
export interface Job {
  name: string;
  /** An interval in words, or a cron line in UTC. */
  every: string;
  run: (mail: Mail, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Every job on one page. Jobs are doorbells: what is owed is in the ledger, so a job lost, late or run twice loses
 * and repeats nothing.
 */
export const jobs: readonly Job[] = [
  // Retries of transactional mail, and what a dead process left behind.
  {
    name: 'deliver-transactional',
    every: '1 second',
    run: (mail, signal) => mail.work.deliverDue('transactional', signal),
  },
  { name: 'deliver-bulk', every: '2 seconds', run: (mail, signal) => mail.work.deliverDue('bulk', signal) },
  { name: 'expand-campaigns', every: '2 seconds', run: (mail, signal) => mail.work.expandCampaigns(signal) },
  { name: 'recover-leases', every: '5 seconds', run: mail => mail.work.recoverLeases() },
  { name: 'resolve-unknowns', every: '5 seconds', run: (mail, signal) => mail.work.resolveUnknowns(signal) },
  // The numbers that pages show.
  { name: 'roll-up', every: '1 minute', run: (mail, signal) => mail.work.rollUp(signal) },
  { name: 'reconcile-night', every: '30 3 * * *', run: mail => mail.work.reconcile() },
  { name: 'purge', every: '0 4 * * *', run: mail => mail.work.purge() },
];
