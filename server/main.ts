import { findConfig } from './config/index.ts';
import { startServer } from './start.ts';
import { failStart } from './stopping.ts';

/** The stand-alone server as a process, configured by its environment; `postlane server` is the command for it. */
findConfig().then(startServer).catch(failStart);
