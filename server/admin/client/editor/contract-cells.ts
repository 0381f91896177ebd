import { find } from '../page.ts';

/** A field of one line of the contract's table. */
export function cell(row: ParentNode, name: string): HTMLInputElement {
  return find<HTMLInputElement>(`[data-cell="${name}"]`, row);
}
