import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Response } from 'express';
import Handlebars from 'handlebars';
import type { Mail, SecondPersonAction } from '../mail/index.ts';
import { sessionOf } from './access/session.ts';
import { permissionTo } from './approvals/kinds.ts';
import { takeFlash } from './flash.ts';
import { reasonLabel } from './messages/reason-labels.ts';
import { itemsFor, type NavigationItem } from './navigation.ts';
import { locationOf } from './page-location.ts';
import { isStreaming } from './progress-stream.ts';
import { adminSources } from './sources.ts';
import { type ProviderWords, suppressionLabel } from './suppressions/labels.ts';
import { placeLabel, placeWord } from './suppressions/places.ts';
import { viewHelpers } from './view-helpers.ts';

/** Answers with a view, named `<resource>/<view>`. A variable that a view asks for and `data` lacks is an error. */
export type Show = (response: Response, view: string, data: object, status?: number) => void;

/** What is shown around every page, and where else views are. */
export interface FrameOptions {
  /** The version of the assets. */
  style: string;
  words: ProviderWords;
  navigation: readonly NavigationItem[];
  /** What buttons only ask for, because it takes a second person. */
  approvals: Mail['approvals'];
  /** Folders with views besides ours. */
  viewSources: readonly string[];
}

/** Reads all views and compiles each when it is first shown. Every view can also be included by its name. */
export function createShow({ style, words, navigation, approvals, viewSources }: FrameOptions): Show {
  const engine = Handlebars.create();
  const helpers = { ...viewHelpers, ...labelHelpers(words) };
  const options = strictOptions(Object.keys(helpers));
  engine.registerHelper(helpers);
  const views = new Map(
    [adminSources, ...viewSources].flatMap(readViews).map(([name, source]) => {
      const view = engine.compile<object>(source, options);
      engine.registerPartial(name, view);
      return [name, view];
    }),
  );
  const asking = askingIn(approvals);
  return (response, name, data, status = 200) => {
    const view = views.get(name);
    if (!view) throw new Error(`There is no view ${name}.`);
    const html = view(data, { data: { ...frameOf(response, navigation), ...asking, style } });
    if (isStreaming(response)) response.end(html);
    else response.status(status).type('html').send(html);
  };
}

// What the frame of every page shows: `@mount`, `@person`, `@csrf` and so on.
function frameOf(response: Response, navigation: readonly NavigationItem[]): object {
  const { person, accounts, sessionId, owesSecondStep = false, hint = null } = sessionOf(response);
  return {
    ...locationOf(response),
    sections: person && !owesSecondStep ? itemsFor(navigation, person, accounts) : [],
    person,
    /** Signed in with an account of ours, not by the host. */
    account: sessionId !== undefined,
    hint,
    flash: takeFlash(response),
    csrf: response.locals.csrf ?? '',
  };
}

// `@asks.publish`: the button asks for it; `@publishing`: what it takes to press it.
function askingIn(approvals: Mail['approvals']): object {
  const asks = (action: SecondPersonAction) => approvals.actions.includes(action);
  return {
    asks: { publish: asks('templates.publish') },
    publishing: permissionTo({ approvals }, 'templates.publish'),
  };
}

function labelHelpers(words: ProviderWords) {
  return {
    /** `{{stateReason reason}}`: why a message is in its state. */
    stateReason: (reason: string) => reasonLabel(words, reason),
    /** `{{whySuppressed one}}`: why an address is suppressed. */
    whySuppressed: (one: { reason: string; origin: string }) => suppressionLabel(words, one),
    /** `{{whereSuppressed one}}`: what an address gets no more, as in `all bulk mail`. */
    whereSuppressed: placeLabel,
    /** `{{placeWord one}}`: the same as the value of a field. */
    placeWord,
    /** `{{topicPlace topic}}`: of a topic. */
    topicPlace: (topic: string) => placeWord({ scope: 'topic', topic, stream: '' }),
  };
}

function strictOptions(helpers: readonly string[]): CompileOptions {
  return {
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(helpers.map(name => [name, true])),
    // Or the text of a mail would be indented like the page around it.
    preventIndent: true,
  };
}

function readViews(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((file): [string, string][] => {
    const [resource, views, view] = file.split(path.sep);
    if (views !== 'views' || !view?.endsWith('.hbs')) return [];
    return [[`${resource}/${path.basename(view, '.hbs')}`, readFileSync(path.join(folder, file), 'utf8')]];
  });
}
