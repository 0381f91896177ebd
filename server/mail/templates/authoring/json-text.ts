/**
 * JSON as people write it: what fits on a line is on one, save the outermost levels, so that a changed field is a
 * changed line. As Biome and Prettier would leave it, 110 columns wide.
 */
export function jsonText(value: unknown): string {
  return `${printed(value, 0, 0)}\n`;
}

const width = 110;
/** Levels that are always spread over lines: the file itself, and the members of each of its fields. */
const spreadLevels = 2;

/** `level` is how deep we are, `before` what stands on the line already, and a comma may follow. */
function printed(value: unknown, level: number, before: number): string {
  if (typeof value !== 'object' || value === null || isEmpty(value)) return JSON.stringify(value);
  const line = inline(value);
  const mustSpread = Array.isArray(value)
    ? isListOfObjects(value)
    : level < spreadLevels || holdsObjects(value);
  if (!mustSpread && before + line.length < width) return line;
  const indent = '  '.repeat(level + 1);
  const members = Array.isArray(value)
    ? value.map(item => printed(item, level + 1, indent.length))
    : Object.entries(value).map(([name, member]) => {
        const label = `${JSON.stringify(name)}: `;
        return label + printed(member, level + 1, indent.length + label.length);
      });
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${indent}${members.join(`,\n${indent}`)}\n${'  '.repeat(level)}${close}`;
}

function inline(value: unknown): string {
  if (typeof value !== 'object' || value === null || isEmpty(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${inline(member)}`);
  return `{ ${members.join(', ')} }`;
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function holdsObjects(value: object): boolean {
  return Object.values(value).filter(member => typeof member === 'object' && member !== null).length > 1;
}

function isListOfObjects(list: unknown[]): boolean {
  return (
    list.length > 1 &&
    list.every(item => typeof item === 'object' && item !== null && Object.keys(item).length > 1)
  );
}
