import Joi from 'joi';

/**
 * A moment: a Date, or ISO 8601 text that names its zone (`Z` or an offset). Text without one would be read in the
 * zone of whichever process takes it. Within what the database can keep.
 */
export const instant: Joi.DateSchema = Joi.date()
  .iso()
  .min('1970-01-01T00:00:00Z')
  .max('9999-12-31T23:59:59Z')
  .custom((at: Date, helper) =>
    typeof helper.original === 'string' && !/T.*(Z|[+-]\d\d(:?\d\d)?)$/i.test(helper.original)
      ? helper.message({ custom: 'must name its zone: end it with Z or an offset like +02:00' })
      : at,
  );
