/**
 * A process of ours, which loads what it will need while the rest is still being prepared. The first message tells it
 * its environment; then it becomes the entry. It exits once the process that started it is gone.
 */
const [, , library = '', entry = ''] = process.argv;

process.once('message', async (env: Record<string, string>) => {
  Object.assign(process.env, env);
  await import(entry);
});
await import(library);
