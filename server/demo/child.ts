/**
 * A process of ours, which loads what it will need while the rest is still being prepared. The first message tells it
 * its environment; then it becomes the entry. Nothing keeps it when whoever started it is gone.
 */
const [, , library = '', entry = ''] = process.argv;

process.once('message', async (env: Record<string, string>) => {
  Object.assign(process.env, env);
  await import(entry);
});
await import(library);
