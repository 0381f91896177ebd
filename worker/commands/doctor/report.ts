import { styleText } from 'node:util';
import type { Check } from './check.ts';

const marks = {
  true: ['ok', 'green'],
  false: ['FAIL', 'red'],
  null: ['?', 'yellow'],
} as const;

/** The checks in order, each with its remedy below it. */
export function report(checks: readonly Check[], colour: boolean): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, ok, found, remedy }) => {
    const [text, tone] = marks[`${ok}`];
    const mark = colour ? styleText(tone, text.padEnd(4), { validateStream: false }) : text.padEnd(4);
    const line = `${mark}  ${name.padEnd(width)}  ${found}`;
    return remedy === null ? [line] : [line, `      ${' '.repeat(width)}  -> ${remedy}`];
  });
  return [...lines, '', summary(checks)].join('\n');
}

function summary(checks: readonly Check[]): string {
  const count = (wanted: Check['ok']) => checks.filter(({ ok }) => ok === wanted).length;
  return `${checks.length} checks: ${count(true)} ok, ${count(false)} to correct, ${count(null)} that do not apply or cannot be seen.`;
}
