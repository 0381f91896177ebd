import { may, type Permission } from './permissions.ts';
import type { Person } from './person.ts';

/** An entry of the navigation: its path under the mount, and its name. */
export interface NavigationItem {
  path: string;
  label: string;
  /** What somebody has to be allowed to do to open it. */
  permission: Permission;
  /** Only where accounts of ours are in use. */
  accounts?: true;
  /** Only where something takes a second person. */
  secondPerson?: true;
}

/** The entries that this person may open, in order. */
export function itemsFor(
  items: readonly NavigationItem[],
  person: Person,
  accounts: boolean,
): readonly NavigationItem[] {
  return items.filter(item => may(person, item.permission) && (accounts || !item.accounts));
}
