/** What follows MAIL or RCPT. */
export interface Path {
  /** Empty for the sender of a bounce. */
  address: string;
  /** Names in upper case. */
  parameters: ReadonlyMap<string, string>;
}

const ADDRESS = /^(?:"(?:\\.|[^"\\])*"|[^\s@<>"]+)@[^\s@<>]+$/;

/** Reads `FROM:<address> NAME=value ...`; null when it is not of that form. A source route is left out. */
export function readPath(keyword: 'FROM' | 'TO', text: string): Path | null {
  const parts = /^(\w+):\s*(?:<((?:"(?:\\.|[^"\\])*"|[^<>"])*)>|([^\s<>]+))(?:\s+(.*))?$/.exec(text);
  if (parts?.[1]?.toUpperCase() !== keyword) return null;
  const address = (parts[2] ?? parts[3] ?? '').trim().replace(/^@[^\s:]+:/, '');
  if (address !== '' && !ADDRESS.test(address)) return null;
  return { address, parameters: readParameters(parts[4] ?? '') };
}

function readParameters(text: string): Map<string, string> {
  const words = text.split(/\s+/).filter(word => word !== '');
  return new Map(
    words.map(word => {
      const [name = '', ...value] = word.split('=');
      return [name.toUpperCase(), value.join('=')];
    }),
  );
}
