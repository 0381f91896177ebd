import type { Mail } from '../server/mail/index.ts';

/** A job: when it runs and the one call into the module that it makes. */
export interface Job {
  name: string;
  /** An interval in words, or a cron line in UTC. */
  every: string;
  run: (mail: Mail, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Every job on one page, by the work of the module that it does: work without a job does not compile. Jobs only
 * trigger: what is owed is in the database, so a job lost, late or run twice loses and repeats nothing.
 */
const jobsByWork: Record<keyof Mail['work'], Job | Job[]> = {
  // Retries of transactional mail, and what a dead process left behind.
  deliverDue: [
    {
      name: 'deliver-transactional',
      every: '1 second',
      run: ({ work }, signal) => work.deliverDue('transactional', signal),
    },
    { name: 'deliver-bulk', every: '2 seconds', run: ({ work }, signal) => work.deliverDue('bulk', signal) },
  ],
  expandCampaigns: {
    name: 'expand-campaigns',
    every: '2 seconds',
    run: ({ work }, signal) => work.expandCampaigns(signal),
  },
  recoverLeases: { name: 'recover-leases', every: '5 seconds', run: ({ work }) => work.recoverLeases() },
  resolveUnknowns: {
    name: 'resolve-unknowns',
    every: '5 seconds',
    run: ({ work }, signal) => work.resolveUnknowns(signal),
  },
  // The numbers that pages show.
  rollUp: { name: 'roll-up', every: '1 minute', run: ({ work }, signal) => work.rollUp(signal) },
  offerSuppressions: {
    name: 'offer-suppressions',
    every: '10 seconds',
    run: ({ work }, signal) => work.offerSuppressions(signal),
  },
  reconcile: { name: 'reconcile', every: '30 3 * * *', run: ({ work }) => work.reconcile() },
  purge: { name: 'purge', every: '0 4 * * *', run: ({ work }) => work.purge() },
};

/** What the worker schedules. */
export const jobs: readonly Job[] = Object.values(jobsByWork).flat();
