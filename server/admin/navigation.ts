import { mayAs, type Person, type Role } from './person.ts';

/** An entry of the navigation: its path under the mount, and its name. */
export interface NavigationItem {
  path: string;
  label: string;
  /** Least role that may open it; everybody when absent. */
  role?: Role;
  /** Only where accounts of ours are in use. */
  accounts?: true;
}

/** The entries that this person may open, in order. */
export function itemsFor(
  items: readonly NavigationItem[],
  person: Person,
  accounts: boolean,
): readonly NavigationItem[] {
  return items.filter(item => (!item.role || mayAs(person, item.role)) && (accounts || !item.accounts));
}
