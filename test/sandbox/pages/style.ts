/** The shown of the pages; light or dark as the system asks. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --surface: #fff; --line: #dfe3e9; --text: #1b2330; --quiet: #5a6577; --hover: #eef1f6;
  --accent: #2456b8; --accent-text: #fff; --chosen: #e3ecfb; --field-line: #7d8796;
  --good: #1a5b32; --good-tint: #dbf1e1; --bad: #962124; --bad-tint: #fbe3e1; --note: #1d4b94; --note-tint: #dfe9f9;
  --plain: #46505f; --plain-tint: #e9ecf1;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11151b; --surface: #191f27; --line: #2d3642; --text: #e5e9ef; --quiet: #9ea9b8; --hover: #222a35;
    --accent: #8db4f7; --accent-text: #0e1a30; --chosen: #24344f; --field-line: #738092;
    --good: #9fdcb4; --good-tint: #1d3a28; --bad: #f4b0ab; --bad-tint: #47211f; --note: #b1cffa; --note-tint: #20324e;
    --plain: #c5ccd7; --plain-tint: #2c343f;
  }
}
* { box-sizing: border-box; }
html { height: 100%; }
body { margin: 0; min-height: 100%; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--accent); }
h1, h2 { line-height: 1.25; margin: 0; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; }
h2 { font-size: 1rem; }
p { margin: 0; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
header { display: flex; flex-wrap: wrap; gap: .4rem 1.5rem; align-items: baseline; padding: .7rem 1.2rem;
  background: var(--surface); border-bottom: 1px solid var(--line); min-height: 3.4rem; position: sticky; top: 0; z-index: 1; }
header strong a { color: inherit; text-decoration: none; }
header nav { display: flex; gap: 1rem; }
header nav a, .views a { color: var(--quiet); text-decoration: none; padding: .25rem 0; border-bottom: 2px solid transparent; }
header nav a:hover, .views a:hover { color: var(--text); }
nav [aria-current] { color: var(--text) !important; border-bottom-color: var(--accent) !important; }
header .figures { margin-left: auto; color: var(--quiet); font-variant-numeric: tabular-nums; }
.columns { display: grid; grid-template-columns: minmax(20rem, 27rem) minmax(0, 1fr); align-items: start; }
.list { border-right: 1px solid var(--line); background: var(--surface); position: sticky; top: 3.4rem; height: calc(100vh - 3.4rem); overflow-y: auto; }
.search { display: flex; gap: .5rem; padding: .8rem 1rem; border-bottom: 1px solid var(--line);
  position: sticky; top: 0; background: var(--surface); }
input, select, textarea, button { font: inherit; color: inherit; border-radius: 6px; border: 1px solid var(--field-line);
  background: var(--surface); padding: .35rem .6rem; max-width: 100%; }
.search input { flex: 1; min-width: 0; }
button { cursor: pointer; border-color: var(--line); }
button:hover { background: var(--hover); }
button.main { background: var(--accent); border-color: var(--accent); color: var(--accent-text); }
ol { list-style: none; margin: 0; padding: 0; }
.list li a { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .1rem .8rem; padding: .65rem 1rem;
  border-bottom: 1px solid var(--line); color: inherit; text-decoration: none; }
.list li a:hover { background: var(--hover); }
.list li a.chosen { background: var(--chosen); }
.list .subject { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.list .who, .list time { color: var(--quiet); font-size: .87rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.list .state, .list time { justify-self: end; }
.badge { display: inline-block; padding: .05rem .5rem; border-radius: 99px; font-size: .8rem; line-height: 1.5;
  background: var(--plain-tint); color: var(--plain); }
.badge.good { background: var(--good-tint); color: var(--good); }
.badge.bad { background: var(--bad-tint); color: var(--bad); }
.badge.note { background: var(--note-tint); color: var(--note); }
.pages { display: flex; justify-content: space-between; padding: .8rem 1rem; }
.empty { padding: 2.5rem 1.5rem; color: var(--quiet); text-align: center; }
main { padding: 1.2rem 1.5rem 3rem; display: grid; align-content: start; gap: 1.1rem; max-width: 68rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1.2rem; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; align-items: start; }
.actions form { display: flex; gap: .25rem; }
.actions select { max-width: 10rem; }
details { border: 1px solid var(--line); border-radius: 8px; background: var(--surface); padding: .4rem .8rem; }
details form, .sheet { display: grid; gap: .6rem; padding: .6rem 0; }
.sheet label { display: grid; gap: .2rem; color: var(--quiet); }
.sheet button, details button { justify-self: start; }
summary { cursor: pointer; }
summary .aside { float: right; color: var(--quiet); font-size: .87rem; }
.cards { display: grid; gap: .6rem; }
.cards dl, .cards pre { margin: .7rem 0 .3rem; }
.views { display: flex; flex-wrap: wrap; gap: 1.2rem; border-bottom: 1px solid var(--line); }
iframe { width: 100%; height: 72vh; border: 1px solid var(--line); border-radius: 8px; background: #fff; }
pre { margin: 0; padding: 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--surface);
  white-space: pre-wrap; overflow-wrap: anywhere; font: 13.5px/1.55 ui-monospace, monospace; }
table { border-collapse: collapse; width: 100%; background: var(--surface); border: 1px solid var(--line); }
th, td { text-align: left; vertical-align: top; padding: .45rem .7rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { color: var(--quiet); font-weight: 500; }
.wide { overflow-x: auto; }
.wide td:not(:last-child) { white-space: nowrap; }
.news { display: block; margin: .6rem 1rem; padding: .35rem .8rem; border-radius: 6px; background: var(--note-tint);
  color: var(--note); text-decoration: none; text-align: center; }
.news[hidden] { display: none; }
.narrow { max-width: 34rem; margin: 3rem auto; padding: 1.5rem; background: var(--surface); border: 1px solid var(--line);
  border-radius: 8px; }
.back { display: none; }
@media (max-width: 60rem) {
  .columns { grid-template-columns: minmax(0, 1fr); }
  .list { border-right: 0; position: static; height: auto; }
  .reading .list { display: none; }
  .columns:not(.reading) main { display: none; }
  .back { display: inline-block; }
  main { padding: 1rem; }
  header { position: static; }
  header .figures { margin-left: 0; }
}
`;

/** Tells of new mail without moving the page under its reader. */
export const SCRIPT = `
const news = document.querySelector('.news');
const known = Number(document.body.dataset.accepted);
async function shown() {
  try {
    const { accepted } = await (await fetch('/sandbox/summary')).json();
    if (accepted !== known) {
      news.hidden = false;
      news.textContent = accepted > known ? (accepted - known) + ' new, show' : 'The mail has changed, show';
    }
  } catch {}
  setTimeout(shown, 2000);
}
if (news) setTimeout(shown, 2000);
`;
