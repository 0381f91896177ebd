import { localisePage } from '../frame/local-times.ts';
import { sendOnce } from '../frame/once.ts';
import { restoreForm, storeForm } from '../frame/restore-form.ts';

localisePage();
sendOnce();
storeForm();
restoreForm();
// On a phone the sections are a strip to scroll; the one we are in is to be seen.
document.querySelector('.top [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
