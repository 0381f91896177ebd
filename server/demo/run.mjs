import { ensureDependencies, runTypeScript } from '../../db/setup.mjs';

// `npm start`: plain JavaScript, because TypeScript runs only once the dependencies are there.
await ensureDependencies();
await runTypeScript(new URL('./main.ts', import.meta.url));
