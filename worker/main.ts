import { loadConfig } from '../server/config.ts';
import { failStart, stopOnSignal } from '../server/stopping.ts';
import { startWorker } from './index.ts';

/** The worker process: config -> database -> mail -> scheduler; stops in reverse. */
async function main(): Promise<void> {
  const worker = await startWorker(loadConfig(process.env));
  stopOnSignal(() => worker.stop());
  worker.mail.log.info('worker up');
  process.send?.('up');
}

main().catch(failStart);
