import type { Request } from 'express';

/** A field of a form as text; empty when it is missing or is no text. */
export function textIn({ body }: Request, name: string): string {
  const value: unknown = body?.[name];
  return typeof value === 'string' ? value : '';
}
