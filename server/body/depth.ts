/** Deeper nesting than this is no form and no event of anybody's, and what walks through it could run out of stack. */
const deepest = 100;

/** A body nested deeper than anything we read. */
export class BodyTooDeep extends Error {
  override readonly name = 'BodyTooDeep';
  readonly status = 400;
  readonly type = 'entity.too.deep';

  constructor() {
    super('The body is nested too deep.');
  }
}

/** `verify` of `express.json`: looks at the depth before anything is made of the bytes. Throws {@link BodyTooDeep}. */
export function refuseDeepJson(_request: unknown, _response: unknown, bytes: Uint8Array): void {
  if (isDeepJson(bytes)) throw new BodyTooDeep();
}

const [quote, backslash] = [0x22, 0x5c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** The same as {@link isTooDeep} for JSON that is not parsed yet, in one pass over its bytes. */
export function isDeepJson(bytes: Uint8Array): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) isText = !isText;
    else if (isText) at += Number(byte === backslash);
    else if (byte === openList || byte === openObject) depth += 1;
    else if (byte === closeList || byte === closeObject) depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
}

/** True for a value nested deeper than anything we read. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return true;
    level = level.flatMap(one => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
