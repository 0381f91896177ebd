// What says who sends the form and what it is sent for is no part of what was typed.
const notTyped =
  /^(_csrf|_page|revision|baseVersion|shownLanguage|next|testTo|newLanguage|keepTable|show\[|case\[)/;

/** The form as it would be sent. */
export function fieldsIn(form: HTMLFormElement): URLSearchParams {
  const texts = [...new FormData(form)].filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return new URLSearchParams(texts);
}

/** What was typed, to be compared and kept. */
export function typedIn(form: HTMLFormElement): string {
  const fields = [...fieldsIn(form)].filter(([name]) => !notTyped.test(name));
  return new URLSearchParams(fields).toString();
}

/** True for a field that is part of the draft. */
export function isTyped(name: string): boolean {
  return name !== '' && !notTyped.test(name);
}
