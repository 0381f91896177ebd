import { preventDoubleSubmit } from '../frame/double-submit.ts';
import { localisePage } from '../frame/local-times.ts';
import { clearAtSignOut, keepToPerson } from '../frame/own-storage.ts';
import { helpWithPasswords } from '../frame/password-fields.ts';
import { restoreForm, storeForm } from '../frame/restore-form.ts';

keepToPerson();
clearAtSignOut();
localisePage();
helpWithPasswords();
preventDoubleSubmit();
storeForm();
restoreForm();
// On a phone the sections are a strip to scroll; the one we are in is to be seen.
document.querySelector('.top [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
