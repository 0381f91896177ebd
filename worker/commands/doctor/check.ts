import type { Subject } from './subject.ts';

/** What a check found. `ok` is null where it does not apply or cannot be seen. */
export interface Finding {
  ok: boolean | null;
  found: string;
  /** What to do about it; null where there is nothing to do. */
  remedy: string | null;
}

/** A finding under the name of its check. */
export interface Check extends Finding {
  name: string;
}

/** One thing to look at. */
export interface Examination {
  name: string;
  look(subject: Subject): Promise<Finding>;
}

/** All is well. */
export function good(found: string): Finding {
  return { ok: true, found, remedy: null };
}

/** Something has to be done. */
export function bad(found: string, remedy: string): Finding {
  return { ok: false, found, remedy };
}

/** It does not apply, or nobody can tell from here. */
export function unseen(found: string, remedy: string | null = null): Finding {
  return { ok: null, found, remedy };
}
