import { findConfig } from '../server/config/index.ts';
import { failStart } from '../server/stopping.ts';
import { runWorker } from './run.ts';

/** The worker as a process, configured by its environment; `postlane worker` is the command for it. */
findConfig().then(runWorker).catch(failStart);
