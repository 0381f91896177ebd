import type { Provider } from '../state/provider.ts';
import { type Html, html } from './html.ts';

/** The tabs of the header. */
export type Tab = 'mail' | 'inbound' | null;

/** A whole page of the sandbox. */
export function framed(provider: Provider, tab: Tab, title: string, content: Html): string {
  const { messages, bounces, suppressions, inbound } = provider;
  const count = messages.count.toLocaleString('en');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Local Postmark</title>
<link rel="stylesheet" href="/sandbox/style.css">
<link rel="icon" href="data:,">
<script type="module" src="/sandbox/live.js"></script>
</head>
<body data-accepted="${messages.count}">
<header>
  <strong><a href="/">Local Postmark</a></strong>
  <nav aria-label="Sections">
    <a href="/"${current(tab === 'mail')}>Sent ${count}</a>
    <a href="/sandbox/inbound"${current(tab === 'inbound')}>Inbound ${inbound.find({}).length}</a>
  </nav>
  <span class="figures">${bounces.all().length} bounces · ${suppressions.count} suppressed</span>
</header>
${content}
</body>
</html>
`.source;
}

/** Marks the link to what is shown already. */
export function current(is: boolean): Html | false {
  return is && html` aria-current="page"`;
}
