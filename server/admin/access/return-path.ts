/**
 * The page a form or an address asks to go back to, as a way relative to the first page; anything that would lead out of
 * the app becomes the first page.
 */
export function returnPath(asked: unknown): string {
  if (typeof asked !== 'string' || asked.length > 2000 || !URL.canParse(asked, inside)) return './';
  const { origin, pathname, search } = new URL(asked, inside);
  const stays = origin === 'http://app.invalid' && pathname.startsWith('/mount/') && !isDoor(pathname);
  return stays ? `./${pathname.slice('/mount/'.length)}${search}` : './';
}

const inside = 'http://app.invalid/mount/';

// Coming in to come in again would go round in circles.
function isDoor(pathname: string): boolean {
  return /^\/mount\/(\/|sign-in|sign-out|forgotten-password|invitation|assets)/.test(pathname);
}
