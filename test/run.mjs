import { ensureDependencies, runTypeScript } from '../db/setup.mjs';

// `npm test`: plain JavaScript, because TypeScript runs only once the dependencies are there.
await ensureDependencies();
await runTypeScript(new URL('./run.ts', import.meta.url));
