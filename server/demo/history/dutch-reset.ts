/** The password reset in Dutch, as an editor wrote it. */
export const dutchReset = {
  subject: 'Nieuw wachtwoord voor {{@brand.name}}',
  preheader: 'De link werkt één keer, {{number expiresInMinutes}} minuten lang.',
  html: `<h1>Kies een nieuw wachtwoord</h1>
<p class="lead">{{#if name}}Dag {{name}}, iemand{{else}}Iemand{{/if}}, hopelijk jijzelf, vroeg om een nieuw wachtwoord voor je account bij {{@brand.name}}.</p>
{{> button href=resetUrl label="Kies een wachtwoord"}}
<p>De link werkt één keer, {{number expiresInMinutes}} minuten lang.</p>
{{> fallback-link href=resetUrl}}
<div class="rule">&nbsp;</div>
<p class="small"><strong>Was jij het niet?</strong> Dan hoef je niets te doen: je wachtwoord blijft zoals het is.{{#if requestedFrom}} De vraag kwam van {{requestedFrom}}.{{/if}}</p>
`,
  text: `Kies een nieuw wachtwoord

{{#if name}}Dag {{name}}, iemand{{else}}Iemand{{/if}}, hopelijk jijzelf, vroeg om een nieuw wachtwoord voor je account bij {{@brand.name}}.

{{> button href=resetUrl label="Kies een wachtwoord"}}

De link werkt één keer, {{number expiresInMinutes}} minuten lang.

Was jij het niet? Dan hoef je niets te doen: je wachtwoord blijft zoals het is.
{{#if requestedFrom}}
De vraag kwam van {{requestedFrom}}.
{{/if}}
`,
};
