import { noLayout, type SourceKind, type SourceRef } from './source.ts';

/** Why a source may not have its key, as a sentence; null when it may. */
export function keyProblem({ kind, key }: SourceRef): string | null {
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/i.test(key)) {
    return 'A key has letters, digits, - and _, at most 64, and begins with a letter or digit.';
  }
  return reserved[kind].includes(key) ? `${key} has a meaning of its own: choose another key.` : null;
}

const reserved: Record<SourceKind, readonly string[]> = {
  // Folders beside those of the templates.
  template: ['layouts', 'partials'],
  layout: [noLayout],
  partial: ['content'],
  brand: [],
};
