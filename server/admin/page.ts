import type { Request, Response } from 'express';
import type Joi from 'joi';
import { type Mail, MailError } from '../mail/index.ts';
import type { Directory } from './access/directory.ts';
import { wantsJson } from './access/require-sign-in.ts';
import { directoryOf } from './access/session.ts';
import { type Flash, redirectWithFlash } from './flash.ts';
import type { FieldError } from './form.ts';
import { notFound } from './page-error.ts';
import { locationOf } from './page-location.ts';
import { type Person, personOf } from './person.ts';
import { readQuery } from './query.ts';
import { noteRefusal } from './refusals-log.ts';
import type { Show } from './views.ts';

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

  /** Says when nobody waits for the answer any more: work for it alone may end. */
  get gone(): AbortSignal {
    const gone = new AbortController();
    this.response.once('close', () => {
      if (!this.response.writableFinished) gone.abort();
    });
    return gone.signal;
  }

  /** True when a script asks, which can read JSON but not a page. */
  get wantsJson(): boolean {
    return wantsJson(this.request);
  }

  /** A part of the path. */
  param(name: string): string {
    return String(this.request.params[name]);
  }

  /** A part of the path that counts from 1. Throws a page of status 404 for anything else, however it is spelled. */
  numberParam(name: string): number {
    return countOf(this.param(name)) ?? this.#nothing();
  }

  /** A number of the address's query that counts from 1; null when it is missing. Throws a page of status 404. */
  queryNumber(name: string): number | null {
    const text = this.queryText(name);
    return text === '' ? null : (countOf(text) ?? this.#nothing());
  }

  #nothing(): never {
    throw notFound('There is nothing of this number.');
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
      noteRefusal(this.response, { code: error.code });
      this.redirect(path, { tone: 'failed', text: error.message });
    }
  }
}

function countOf(text: string): number | null {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

/** Answers one kind of request for a page. */
export type PageHandler = (page: Page) => void | Promise<void>;
