import { connect } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';

// Run as a process of its own: migrates, and kills itself as it sends the statement of that number, from 1.
const [url = '', last = ''] = process.argv.slice(2);
const db = connect(url);
let sent = 0;
db.on('query', () => {
  sent += 1;
  if (sent === Number(last)) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
});
await migrate(db);
await db.destroy();
