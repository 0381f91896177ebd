import type { Request, Response } from 'express';
import type Joi from 'joi';
import { type Mail, MailError } from '../mail/index.ts';
import type { Directory } from './access/directory.ts';
import { wantsJson } from './access/require-sign-in.ts';
import { directoryOf } from './access/session.ts';
import { type Flash, redirectWithFlash } from './flash.ts';
import { formField } from './form-parser.ts';
import { locationOf } from './page-location.ts';
import { type Person, personOf } from './person.ts';
import { readQuery } from './query.ts';
import type { Show } from './views.ts';

/** What is wrong with one field of a form. */
export interface FieldError {
  name: string;
  message: string;
}

/** One request for a page: what it asks for, who asks, and the ways to answer it. */
export class Page {
  readonly mail: Mail;
  readonly request: Request;
  readonly response: Response;
  readonly #show: Show;

  constructor(mail: Mail, show: Show, request: Request, response: Response) {
    this.mail = mail;
    this.#show = show;
    this.request = request;
    this.response = response;
  }

  get person(): Person {
    return personOf(this.response);
  }

  /** Who asks, as the audit log records it. */
  get by(): string {
    return this.person.id;
  }

  /** Names and addresses of the people who use the pages. */
  get directory(): Directory {
    return directoryOf(this.response);
  }

  /** True when a script asks, which can read JSON but not a page. */
  get wantsJson(): boolean {
    return wantsJson(this.request);
  }

  /** A part of the path. */
  param(name: string): string {
    return String(this.request.params[name]);
  }

  /** The query of the address. Throws a page of status 422. */
  query<T>(schema: Joi.ObjectSchema<T>): T {
    return readQuery(schema, this.request.query);
  }

  /** A field of the address's query, without spaces around it; empty when it is missing. */
  queryText(name: string): string {
    const value = this.request.query[name];
    return typeof value === 'string' ? value.trim() : '';
  }

  /** A field of the form, without spaces around it; empty when it is missing. */
  field(name: string): string {
    return formField(this.request, name).trim();
  }

  /** The fields `group[name]` of the form. */
  fields(group: string): Record<string, string> {
    const given: unknown = this.request.body?.[group];
    const entries = Object.entries(typeof given === 'object' && given !== null ? given : {});
    return Object.fromEntries(entries.filter(([, value]) => typeof value === 'string'));
  }

  /** Answers with a view. */
  render(view: string, data: object, status = 200): void {
    this.#show(this.response, view, data, status);
  }

  /** Answers with a form; with errors, which the views show above it and at each field, the status is 422. */
  renderForm(view: string, data: object, errors: readonly FieldError[]): void {
    const byField = Object.fromEntries(errors.map(({ name, message }) => [name, message]));
    this.render(view, { ...data, errors, byField }, errors.length > 0 ? 422 : 200);
  }

  /** Answers a script. */
  json(body: object, status = 200): void {
    this.response.status(status).json(body);
  }

  /** Answers with another page, which shows `flash` where it is given. */
  redirect(path: string, flash?: string | Flash): void {
    if (flash !== undefined) redirectWithFlash(this.response, path, flash);
    else this.response.redirect(303, `${locationOf(this.response).mount}${path}`);
  }

  /** Does something; what the module refuses is shown on the page `path`. */
  async orFlashError(path: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof MailError)) throw error;
      this.redirect(path, { tone: 'failed', text: error.message });
    }
  }
}

/** Answers one kind of request for a page. */
export type PageHandler = (page: Page) => void | Promise<void>;
