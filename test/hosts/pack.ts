import path from 'node:path';
import { packageRoot } from '../../server/mail/index.ts';
import { run } from './run-command.ts';

/** Builds and packs the package, or what `sources` has of it, into a folder; resolves to the tarball's path. */
export async function packPostlane(folder: string, sources = packageRoot): Promise<string> {
  const printed = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: sources });
  const [packed] = JSON.parse(printed.slice(printed.indexOf('[\n'))) as { filename: string }[];
  if (!packed) throw new Error(`npm pack made nothing:\n${printed}`);
  return path.join(folder, packed.filename);
}
