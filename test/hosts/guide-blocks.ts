/** A block of code in the guide. */
export interface Block {
  /** Where it begins in the README. */
  line: number;
  language: string;
  /** The file that it is. */
  file?: string;
  text: string;
}

/**
 * The blocks of the part of a README between `<!-- guide -->` and `<!-- end of the guide -->`. A block is a file where its fence
 * says so, as in "```js app.js".
 */
export function guideBlocks(readme: string): Block[] {
  const blocks: Block[] = [];
  let inside = false;
  let open: Block | null = null;
  for (const [at, text] of readme.split('\n').entries()) {
    if (open && text.trim() === '```') {
      blocks.push(open);
      open = null;
    } else if (open) open.text += `${text}\n`;
    else if (text.startsWith('<!-- guide -->')) inside = true;
    else if (text.startsWith('<!-- end of the guide -->')) inside = false;
    else if (inside && text.startsWith('```')) {
      const [language = '', file] = text.slice(3).trim().split(' ');
      open = { line: at + 1, language, text: '', ...(file && { file }) };
    }
  }
  return blocks;
}
