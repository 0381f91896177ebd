import { roleSentences } from '../../admin/permissions.ts';

/** The roles for a form, with what they may do: each also what the role before it may. */
export const roleChoices = roleSentences.map(({ role, may }, i) => ({
  role,
  allowed: `${i === 0 ? 'May' : 'May also'} ${may}.`,
}));
