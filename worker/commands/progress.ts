import type { Person, Progress } from './command.ts';

const nothing: Progress = { at() {}, end() {} };

/** A bar where a person looks on, gone again when the work is done. */
export async function startProgress(
  person: Person | undefined,
  label: string,
  total: number,
): Promise<Progress> {
  if (!person || total <= 0) return nothing;
  const { SingleBar } = (await import('cli-progress')).default;
  const bar = new SingleBar({
    stream: person.screen,
    format: `${label} {bar} {percentage} %`,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(total, 0);
  return { at: done => bar.update(Math.min(done, total)), end: () => bar.stop() };
}
