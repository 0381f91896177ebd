/** Sections whose pages show what a change was made to, by the first word of its subject. */
const sections: Record<string, string> = {
  account: 'users',
  campaign: 'campaigns',
  job: 'jobs',
  message: 'messages',
  template: 'templates',
};

/** The page of a subject such as `template:newsletter`, as parts of a path; null where there is none. */
export function subjectPage(subject: string): { section: string; id: string } | null {
  const [, kind = '', id = ''] = /^([a-z-]+):(.+)$/s.exec(subject) ?? [];
  const section = Object.hasOwn(sections, kind) ? sections[kind] : undefined;
  return section && id ? { section, id } : null;
}
