import { limits } from '../../sending/limits.ts';
import { faultIn, type LetterRule } from './letter.ts';

/** Gmail cuts the HTML here and hides the rest, the link to unsubscribe with it. */
const clippedBytes = 102 * 1024;

/** HTML that is cut off on its way to the reader, or refused by the provider. */
export const size: LetterRule = letter => {
  const bytes = Buffer.byteLength(letter.html);
  const kb = Math.ceil(bytes / 1024);
  if (bytes > limits.bodyBytes) {
    const message = `The rendered HTML has ${kb} KB; Postmark refuses more than ${limits.bodyBytes / 1024} KB.`;
    return [faultIn(letter, 'html', { severity: 'error', rule: 'size', message })];
  }
  if (bytes <= clippedBytes) return [];
  const message = `The rendered HTML has ${kb} KB; Gmail cuts it off after ${clippedBytes / 1024} KB. Shorten it.`;
  return [faultIn(letter, 'html', { severity: 'warning', rule: 'size', message })];
};
