import { find } from '../page.ts';

// The form of a new campaign: the shared data begins as the sample of the chosen template, until somebody types.

const template = find<HTMLSelectElement>('#field-template');
const data = find<HTMLTextAreaElement>('#field-data');
const fill = find<HTMLButtonElement>('[data-fill]');
// A form that was refused holds what somebody typed.
let filled = data.dataset.untyped === undefined ? null : data.value;

fill.hidden = data.value === '';
fill.addEventListener('click', event => {
  event.preventDefault();
  void take(true);
});
template.addEventListener('change', () => void take(false));

async function take(anyway: boolean): Promise<void> {
  const key = template.value;
  const url = new URL(location.href);
  url.search = String(new URLSearchParams({ template: key }));
  const answer = await fetch(url, { headers: { Accept: 'text/html' } }).catch(() => null);
  // Meanwhile somebody may have chosen another template, or started to type.
  if (!answer?.ok || key !== template.value) return;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const sample = find<HTMLTextAreaElement>('#field-data', page).value;
  if (anyway || data.value === filled || data.value.trim() === '') data.value = filled = sample;
  fill.hidden = data.value === sample;
}

data.addEventListener('input', () => {
  fill.hidden = template.value === '';
});
