import type { Router } from 'express';
import Joi from 'joi';
import type { Mail } from '../mail/index.ts';
import { type FieldError, type FormSchema, notAccepted } from './form.ts';
import { formGate } from './form-gate.ts';
import { guardedRouter } from './guarded-router.ts';
import { Page, type PageHandler } from './page.ts';
import type { Permission } from './permissions.ts';
import type { Show } from './views.ts';

/** A form that a route takes. */
export interface PageForm<T> {
  schema: FormSchema<T>;
  /** Shows the form again with what is wrong with it; without it a page of status 422 says so. */
  again?(page: Page, typed: Record<string, string>, errors: FieldError[]): void | Promise<void>;
}

/** The pages of a section; each says what somebody has to be allowed to do, and each change what its form may hold. */
export interface GuardedPages {
  get(path: string, permission: Permission, handler: PageHandler): void;
  /** The handler gets the form as its schema reads it. */
  post<T>(
    path: string,
    permission: Permission,
    form: PageForm<T> | FormSchema<T>,
    handler: (page: Page, form: T) => void | Promise<void>,
  ): void;
  /** What Express mounts. */
  readonly router: Router;
}

/** A router for pages, closed by default. */
export function guardedPages(mail: Mail, show: Show): GuardedPages {
  const { get, post, router } = guardedRouter();
  return {
    get: (path, permission, handler) =>
      get(path, permission, (request, response) => handler(new Page(mail, show, request, response))),
    post<T>(
      path: string,
      permission: Permission,
      form: PageForm<T> | FormSchema<T>,
      handler: (page: Page, form: T) => void | Promise<void>,
    ) {
      const { schema, again }: PageForm<T> = isSchema(form) ? { schema: form } : form;
      const gate = formGate(schema, ({ typed, errors }, request, response) => {
        const page = new Page(mail, show, request, response);
        if (!again || page.wantsJson) throw notAccepted(errors);
        return again(page, typed, errors);
      });
      post(path, permission, gate, (request, response) =>
        handler(new Page(mail, show, request, response), request.body),
      );
    },
    router,
  };
}

function isSchema<T>(form: PageForm<T> | FormSchema<T>): form is FormSchema<T> {
  return Joi.isSchema(form);
}
