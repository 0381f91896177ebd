import { type Role, roles } from '../../admin/person.ts';

/** What each role may do, in a sentence. */
const allowed: Record<Role, string> = {
  viewer: 'Sees everything, changes nothing.',
  editor: 'Edits drafts, prepares campaigns, suppresses addresses.',
  publisher: 'Publishes templates, launches campaigns, lifts suppressions.',
  admin: 'Also changes settings and who may come in.',
};

/** The roles for a form, with what they may do. */
export const roleChoices = roles.map(role => ({ role, allowed: allowed[role] }));
