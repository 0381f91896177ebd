import type { Router } from 'express';
import Joi from 'joi';
import type { Mail, PersonView } from '../../mail/index.ts';
import { guardedPages } from '../guarded-pages.ts';
import { availableActions } from '../messages/actions.ts';
import { describeEvent } from '../messages/event-labels.ts';
import { stopsOf } from '../messages/explanation.ts';
import type { Page } from '../page.ts';
import { queryField } from '../query.ts';
import { placeChoices } from '../suppressions/places.ts';
import type { Show } from '../views.ts';
import { answerOf } from './answer.ts';

const tooLong = 'The address may have at most 254 characters.';
const personSchema: Joi.ObjectSchema<{ address?: string }> = Joi.object({
  address: queryField.text(254, tooLong),
});
const eventsSchema: Joi.ObjectSchema<{ address?: string; cursor?: string }> = Joi.object({
  address: queryField.text(254, tooLong),
  cursor: queryField.cursor(/^\d{1,20}$/),
});

/** A person by an address: whether they get mail, what they refused, what was sent, and what can be done. */
export function peopleRouter(mail: Mail, show: Show): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'pages.view', findPerson);
  routes.get('/events', 'pages.view', listEvents);
  return routes.router;
}

/** The address is in the query, as that of all searches is: no log of ours keeps it. */
async function findPerson(page: Page): Promise<void> {
  const { address = '' } = page.query(personSchema);
  if (address.includes('@')) {
    const person = await page.mail.people.get(address);
    if (person.known || !(await similarTo(page.mail, address)).length) return showPerson(page, person);
  }
  page.render('people/find', { address, similar: await similarTo(page.mail, address) });
}

/** Addresses that begin like this, of those that were mailed or suppressed. */
async function similarTo(mail: Mail, start: string): Promise<string[]> {
  if (start === '') return [];
  const [mailed, { suppressions }] = await Promise.all([
    mail.messages.recipients(start),
    mail.suppressions.page({ start, limit: 10 }),
  ]);
  return [...new Set([...mailed, ...suppressions.map(({ address }) => address)])].sort().slice(0, 10);
}

async function showPerson(page: Page, person: PersonView): Promise<void> {
  const { mail } = page;
  const [history, statements, choices, latest] = await Promise.all([
    mail.suppressions.history(person.address),
    mail.consent.history(person.address),
    placeChoices(mail),
    latestMessage(page, person),
  ]);
  page.render('people/show', {
    person,
    answer: answerOf(mail.providers, person),
    refused: person.refused.map(one => ({
      ...one,
      said: one.event && describeEvent(mail.providers, one.event),
    })),
    events: person.events.events.map(event => ({ event, said: describeEvent(mail.providers, event) })),
    history: history.slice(0, 50),
    statements: statements.slice(0, 50),
    choices,
    values: { place: 'all:bulk', note: '', until: '' },
    byField: {},
    ...latest,
  });
}

/** The latest message with what may be done to it. */
async function latestMessage(page: Page, { messages }: PersonView) {
  const [first] = messages.messages;
  const message = first ? await page.mail.messages.get(first.id) : null;
  if (!message) return { message: null, possible: [], eligibility: null };
  const eligibility = await page.mail.messages.explain(message.id);
  const possible = availableActions(page.person, message, stopsOf(page.mail.providers, eligibility));
  return { message, possible, eligibility };
}

async function listEvents(page: Page): Promise<void> {
  const { address = '', cursor } = page.query(eventsSchema);
  const found = await page.mail.people.events(address, cursor ? { cursor } : {});
  page.render('people/events', {
    address,
    events: found.events.map(event => ({ event, said: describeEvent(page.mail.providers, event) })),
    newer: cursor ? `?${new URLSearchParams({ address })}` : null,
    older: found.cursor && `?${new URLSearchParams({ address, cursor: found.cursor })}`,
  });
}
