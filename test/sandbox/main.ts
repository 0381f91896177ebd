import { runSandbox } from './command.ts';

/** The sandbox as a process of tests: any free ports, and its addresses as one line of JSON. Flags may say otherwise. */
await runSandbox(['--json', '--port', '0', '--smtp-port', '0', ...process.argv.slice(2)], process.env);
