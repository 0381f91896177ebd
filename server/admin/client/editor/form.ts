// Fields that say who sends the form, for what, and how the draft is shown.
const notDraft =
  /^(_csrf|_page|revision|baseVersion|shownLanguage|next|testTo|newLanguage|keepTable|show\[|sampleData\[)/;

/** The form as it would be sent. */
export function fieldsIn(form: HTMLFormElement): URLSearchParams {
  const texts = [...new FormData(form)].filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return new URLSearchParams(texts);
}

/** The draft that the form holds, to be compared and stored. */
export function draftIn(form: HTMLFormElement): string {
  const fields = [...fieldsIn(form)].filter(([name]) => !notDraft.test(name));
  return new URLSearchParams(fields).toString();
}

/** True for a field that is part of the draft. */
export function isDraftField(name: string): boolean {
  return name !== '' && !notDraft.test(name);
}
