import type { Response } from 'express';
import type { AccountsContext } from './context.ts';

/**
 * Has the browser forget what our scripts stored, where the whole host name is ours; under a longer path somebody else may
 * store something there too, and our scripts remove what is theirs by themselves.
 */
export function clearStorage({ publicUrl }: AccountsContext, response: Response): void {
  if (new URL(publicUrl).pathname === '/') response.set('Clear-Site-Data', '"storage"');
}
