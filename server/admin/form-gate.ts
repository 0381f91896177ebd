import type { Request, RequestHandler, Response } from 'express';
import { type FieldError, type FormSchema, notAccepted, readForm } from './form.ts';

/** Lets a request through whose form its schema accepts, with the form as the schema reads it in the place of its body. */
export interface FormGate<T = unknown> extends RequestHandler {
  readonly schema: FormSchema<T>;
}

/** A form that was not accepted: what is wrong with it, and its texts as they were typed. */
export interface RefusedForm {
  errors: FieldError[];
  typed: Record<string, string>;
}

/** The gate of one form; what it refuses is answered by `again`, else with a page of status 422 that names the fields. */
export function formGate<T>(
  schema: FormSchema<T>,
  again?: (refused: RefusedForm, request: Request, response: Response) => void | Promise<void>,
): FormGate<T> {
  const gate: RequestHandler = (request, response, next) => {
    const read = readForm(schema, request.body);
    if ('value' in read) {
      request.body = read.value;
      return next();
    }
    if (!again) throw notAccepted(read.errors);
    return again(read, request, response);
  };
  return Object.assign(gate, { schema });
}
