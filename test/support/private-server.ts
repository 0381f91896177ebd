import { startLocalDatabase } from '../../db/local.ts';

// Run as a process of its own, to be killed: a private server below the folder that is named.
const [root = ''] = process.argv.slice(2);
const database = await startLocalDatabase({ name: 'test', root, log: () => {} });
process.stdout.write(`${database.url}\n`);
setInterval(() => {}, 60_000);
