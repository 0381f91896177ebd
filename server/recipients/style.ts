/** How pages for recipients look: by day and by night, from the narrowest phone on. */
export const style = `
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; --accent: #125c53; --on-accent: #fff; --quiet: #5a5a5a; --line: #c9c9c9; }
@media (prefers-color-scheme: dark) { :root { --accent: #7fd3c6; --on-accent: #06302a; --quiet: #b4b4b4; --line: #555; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2.5rem 1.25rem; border-top: .375rem solid transparent; background: Canvas; color: CanvasText; overflow-wrap: anywhere; }
header, main, nav { max-width: 34rem; margin: 0 auto; }
header { margin-bottom: 1.5rem; font-weight: 600; color: var(--quiet); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
p { margin: 0 0 1.5rem; }
main ul { margin: 0 0 1.5rem; padding-left: 1.25rem; }
a { color: var(--accent); }
button { font: inherit; font-weight: 600; padding: .65rem 1.5rem; border: 2px solid var(--accent); border-radius: .4rem; background: var(--accent); color: var(--on-accent); cursor: pointer; }
button.quiet { background: transparent; color: var(--accent); }
form { margin: 0 0 1.5rem; }
fieldset { min-width: 0; margin: 0 0 1.75rem; padding: 0; border: 0; }
legend { padding: 0; margin-bottom: .5rem; font-weight: 600; }
.choice { display: grid; grid-template-columns: auto 1fr; column-gap: .75rem; padding: .75rem 0; border-top: 1px solid var(--line); }
.choice input { width: 1.375rem; height: 1.375rem; margin: .125rem 0 0; accent-color: var(--accent); }
.choice label { cursor: pointer; }
.choice p { grid-column: 2; margin: 0; font-size: 1rem; color: var(--quiet); }
.answer { margin: 0 0 1.5rem; padding: .75rem 1rem; border: 1px solid var(--line); border-left: .375rem solid var(--accent); border-radius: .25rem; }
.answer p, .answer ul { margin: 0; }
.answer * + * { margin-top: .25rem; }
nav { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: 1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .25rem 0; }
nav [aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
a:focus-visible, button:focus-visible, input:focus-visible, .answer:focus-visible { outline: 3px solid Highlight; outline-offset: 3px; }
`;
