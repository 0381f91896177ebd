import { createMail } from 'postlane';
import { db } from './database.js';
import { options } from './mail.js';

await db.migrate.latest();
const mail = await createMail(options);
await mail.templates.files.push({ by: 'deploy' });
await mail.close();
await db.destroy();
