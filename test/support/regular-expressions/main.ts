import { expressionsIn } from './expressions.ts';
import { keepLinear, knownLinear, verdictOn } from './verdicts.ts';

/**
 * `npm run regexps`: asks the tool about every regular expression that is not in the list of linear ones, or with `--all`
 * about each, and writes the list. The test asks about those that are missing as well; the list saves it minutes.
 */
const known = new Set(process.argv.includes('--all') ? [] : knownLinear());
const linear: string[] = [];
for (const { file, line, text, pattern } of expressionsIn(['server', 'worker', 'db'])) {
  const verdict = known.has(text) || linear.includes(text) ? 'linear' : pattern && (await verdictOn(pattern));
  if (verdict === 'linear') linear.push(text);
  else process.stderr.write(`${file}:${line} ${text}: ${verdict ?? 'put together when the program runs'}\n`);
}
keepLinear(linear);
