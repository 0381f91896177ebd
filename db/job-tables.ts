/** What the names of Agenda's tables begin with; the worker and the admin pages use the same tables. */
export const jobTablePrefix = 'postlane_agenda_';
