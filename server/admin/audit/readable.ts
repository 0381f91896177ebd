/**
 * A value formatted for reading and for comparing by lines: `name: value`, nested ones indented, long texts as lines of
 * their own.
 */
export function readable(value: unknown): string {
  return value === null || value === undefined ? '' : `${lines(value).join('\n')}\n`;
}

function lines(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(item => entry('-', item));
  if (isObject(value)) return Object.entries(value).flatMap(([name, item]) => entry(`${name}:`, item));
  return String(value).split('\n');
}

function entry(label: string, value: unknown): string[] {
  if (isEmpty(value)) return [`${label} ${Array.isArray(value) ? 'none' : '{}'}`];
  const inner = lines(value);
  const [only = ''] = inner;
  const inline = !isObject(value) && !Array.isArray(value) && inner.length === 1;
  return inline ? [`${label} ${only}`] : [label, ...inner.map(line => `  ${line}`)];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
