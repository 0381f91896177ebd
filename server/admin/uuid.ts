/** Our ids: UUIDs in lower case. */
export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** True for what can be one of our ids. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
