import { stopOnSignal } from '../../../server/stopping.ts';
import { startWorker } from '../../../worker/index.ts';
import { jobs } from '../../../worker/jobs.ts';
import { optionsOf, receiveSetup, report } from './setup.ts';

/** Asks a worker to deliver the bulk lane now, beside what its jobs do. */
export interface DeliverCall {
  deliver: 'bulk';
}

/** A worker as `worker/main.ts` starts it, in a hurry. */
async function main(): Promise<void> {
  const setup = await receiveSetup();
  const [config, deps] = optionsOf(setup);
  const worker = await startWorker(config, {
    ...deps,
    lockLifetimeMs: 1500,
    jobs: jobs.map(job => (job.every === '5 seconds' ? { ...job, every: '1 second' } : job)),
  });
  stopOnSignal(() => worker.stop());
  process.on('message', async ({ deliver }: Partial<DeliverCall>) => {
    if (deliver) report({ delivered: await worker.mail.work.deliverDue(deliver) });
  });
  report('up');
}

await main();
