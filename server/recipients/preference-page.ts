import type { Response } from 'express';
import type { Preferences } from '../mail/index.ts';
import { frameOf, type LinkVisit } from './link-visit.ts';
import { sendPage, view } from './page.ts';
import { formMark } from './preference-form.ts';
import { type PreferenceWords, preferenceWordsIn } from './words/preferences.ts';

/** What became of a form that was sent. */
export interface PreferenceAnswer {
  isSaved: boolean;
  /** Sentences about what is other than before, or what was wrong. */
  sentences: readonly string[];
  /** Why some of it cannot be had. */
  reasons: readonly string[];
}

const body = view(`{{#if answer}}<div class="answer" role="status" tabindex="-1" autofocus>
<p><strong>{{answerTitle}}</strong></p>
{{#each answer.sentences}}<p>{{this}}</p>
{{/each}}
{{#if answer.reasons}}<p>{{words.stopped}}</p>
<ul>{{#each answer.reasons}}<li>{{this}}</li>{{/each}}</ul>{{/if}}
</div>{{/if}}
<form method="post">
<input type="hidden" name="form" value="{{mark}}">
{{#if topics}}<fieldset>
<legend>{{words.topics}}</legend>
{{#each topics}}<div class="choice">
<input type="hidden" name="shown" value="{{key}}">
<input type="checkbox" name="wanted" value="{{key}}" id="topic-{{key}}"{{#if subscribed}} checked{{/if}}{{#if describedBy}} aria-describedby="{{describedBy}}"{{/if}}>
<label for="topic-{{key}}">{{name}}</label>
{{#if description}}<p id="topic-{{key}}-about">{{description}}</p>{{/if}}
{{#if pending}}<p id="topic-{{key}}-state">{{../words.pending}}</p>{{/if}}
</div>
{{/each}}
</fieldset>{{/if}}
<fieldset>
<legend>{{words.wider}}</legend>
{{#each wider}}<div class="choice">
<input type="checkbox" name="{{key}}" id="{{key}}"{{#if refused}} checked{{/if}} aria-describedby="{{key}}-about">
<label for="{{key}}">{{name}}</label>
<p id="{{key}}-about">{{description}}</p>
</div>
{{/each}}
</fieldset>
<button type="submit">{{words.save}}</button>
</form>`);

/** Answers with the form of what somebody wants, below what became of the form before. */
export function showPreferencePage(
  response: Response,
  { visit, preferences, answer }: { visit: LinkVisit; preferences: Preferences; answer?: PreferenceAnswer },
  status = 200,
): void {
  const words = preferenceWordsIn(visit.language);
  const answerTitle = answer?.isSaved ? words.saved : words.notSaved;
  const heading = answer ? `${answerTitle} – ${words.title}` : words.title;
  sendPage(
    response,
    { status, ...frameOf(visit, 'preferences'), title: words.title, documentTitle: heading },
    body({
      ...{ words, answer, answerTitle, mark: formMark },
      topics: preferences.topics.map(topic => ({ ...topic, describedBy: describedBy(topic) })),
      wider: widerIn(words, preferences),
    }),
  );
}

function describedBy({ key, description, pending }: Preferences['topics'][number]): string {
  return [description && `topic-${key}-about`, pending && `topic-${key}-state`].filter(Boolean).join(' ');
}

function widerIn(words: PreferenceWords, { allBulk, nonEssential }: Preferences) {
  return [
    { key: 'allBulk', refused: allBulk, ...words.allBulk },
    { key: 'nonEssential', refused: nonEssential, ...words.nonEssential },
  ];
}

/** The text that the page showed, to be kept with what was said on it. */
export function wordingOf({ language }: LinkVisit, preferences: Preferences): string {
  const words = preferenceWordsIn(language);
  const choices = [...preferences.topics, ...widerIn(words, preferences)];
  const lines = choices.map(({ name, description }) => (description ? `${name}: ${description}` : name));
  return [words.title, ...lines].join('\n').slice(0, longestWording);
}

const longestWording = 10_000;
