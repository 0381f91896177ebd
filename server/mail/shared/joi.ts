import Joi from 'joi';

/**
 * A moment: a Date, or ISO 8601 text that names its zone (`Z` or an offset). Text without one would be read in the
 * zone of whichever process takes it. Within what the database can keep.
 */
export const timestampSchema: Joi.DateSchema = Joi.date()
  .iso()
  .min('1970-01-01T00:00:00Z')
  .max('9999-12-31T23:59:59Z')
  .custom((at: Date, helper) =>
    typeof helper.original === 'string' && !/T.*(Z|[+-]\d\d(:?\d\d)?)$/i.test(helper.original)
      ? helper.message({ custom: 'must name its zone: end it with Z or an offset like +02:00' })
      : at,
  );

/**
 * The first fault of a failed validation, below `root`: its path (`data.items[2].price`) and joi's sentence without
 * the value it quotes, because input may be personal and errors end in logs.
 */
export function firstFault(error: Joi.ValidationError, root = ''): { path: string; fault: string } {
  const detail = error.details[0];
  return {
    path: (detail?.path ?? []).reduce<string>(joinPath, root),
    fault:
      detail?.message.replace(/^"[^"]*" /, '').replace(/^with value ".*" (?=fails )/s, '') ?? 'is not valid',
  };
}

function joinPath(path: string, part: string | number): string {
  if (typeof part === 'number') return `${path}[${part}]`;
  return path ? `${path}.${part}` : part;
}
