import { mayAs, type Person, type Role } from './person.ts';

/** One resource of the app: its path under the mount, and its name in the navigation. */
export interface Section {
  path: string;
  label: string;
  /** Least role that may open it; everybody when absent. */
  role?: Role;
  /** Only where accounts of ours are in use. */
  accounts?: true;
}

const overview: Section = { path: '', label: 'Overview' };

/** The navigation, in order. */
export const sections: readonly Section[] = [
  overview,
  { path: 'messages', label: 'Messages' },
  { path: 'campaigns', label: 'Campaigns' },
  { path: 'templates', label: 'Templates' },
  { path: 'suppressions', label: 'Suppressions' },
  { path: 'streams', label: 'Streams' },
  { path: 'reconciliations', label: 'Reconciliation' },
  { path: 'jobs', label: 'Jobs' },
  { path: 'audit', label: 'Audit log', role: 'publisher' },
  { path: 'users', label: 'Users', role: 'admin', accounts: true },
];

/** The sections this person may open, in order. */
export function sectionsFor(person: Person, accounts: boolean): readonly Section[] {
  return sections.filter(
    section => (!section.role || mayAs(person, section.role)) && (accounts || !section.accounts),
  );
}

/** Of these sections the one with this path, else the overview. */
export function sectionAt(path: string, among: readonly Section[] = sections): Section {
  return among.find(section => section.path === path) ?? overview;
}
