/** One resource of the app: its path under the mount, and its name in the navigation. */
export interface Section {
  path: string;
  label: string;
}

const overview: Section = { path: '', label: 'Overview' };

/** The navigation, in order. */
export const sections: readonly Section[] = [
  overview,
  { path: 'messages', label: 'Messages' },
  { path: 'campaigns', label: 'Campaigns' },
  { path: 'templates', label: 'Templates' },
  { path: 'suppressions', label: 'Suppressions' },
  { path: 'reconciliations', label: 'Reconciliation' },
];

/** The section with this path, else the overview. */
export function sectionAt(path: string): Section {
  return sections.find(section => section.path === path) ?? overview;
}
