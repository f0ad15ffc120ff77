// How the page looks, by day and by night.

export const style = `
:root { color-scheme: light dark; --line: light-dark(#d8dce3, #363c47); --soft: light-dark(#f5f6f8, #1c2027);
  --text: light-dark(#1b2029, #e4e7ec); --dim: light-dark(#59616f, #a3abb8); --link: light-dark(#0b57c2, #8ab8ff);
  --get: light-dark(#0b5fae, #7db7f5); --post: light-dark(#19703a, #74cf94); --patch: light-dark(#8a5200, #eab566);
  --put: light-dark(#8a5200, #eab566); --delete: light-dark(#b3261e, #f59a93); }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: light-dark(#fff, #14171c); }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; top: 1rem; background: var(--soft); padding: .5rem 1rem; }
header { padding: 1.5rem 2rem 1rem; border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 2rem 0 .25rem; font-size: 1.2rem; }
h4 { margin: 1.25rem 0 .25rem; font-size: .95rem; }
small { color: var(--dim); font-weight: 400; font-size: .8em; }
header p, .tag > p { margin: .25rem 0 .75rem; color: var(--dim); max-width: 70ch; }
.tools { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; font-size: .9rem; }
input, select, textarea, button { font: inherit; color: inherit; background: light-dark(#fff, #0f1216);
  border: 1px solid light-dark(#868f9e, #6b7482); border-radius: 4px; padding: .25rem .5rem; }
button { background: light-dark(#0b57c2, #1f5db0); color: #fff; border: 0; padding: .4rem 1.2rem; cursor: pointer; }
.columns { display: grid; grid-template-columns: 19rem minmax(0, 1fr); }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 0 1rem 2rem 2rem;
  border-right: 1px solid var(--line); font-size: .85rem; }
nav h2 { font-size: .9rem; margin: 1.25rem 0 .25rem; }
nav h2 a { color: inherit; text-decoration: none; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: block; padding: .15rem .25rem; color: inherit; text-decoration: none; border-radius: 4px; }
nav li a:hover { background: var(--soft); }
main { padding: 0 2rem 4rem; max-width: 80rem; }
main:focus { outline: none; }
code, pre, textarea { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .85em; }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .75rem 1rem; overflow: auto;
  max-height: 30rem; margin: .25rem 0; }
.method { display: inline-block; min-width: 3.6rem; font: 700 .75rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
.get { color: var(--get); } .post { color: var(--post); } .patch { color: var(--patch); }
.put { color: var(--put); } .delete { color: var(--delete); }
details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: 0 1rem; }
details[open] { padding-bottom: 1rem; }
summary { cursor: pointer; margin: 0 -1rem; padding: .5rem 1rem; }
summary:hover { background: var(--soft); }
.operation > summary .what { color: var(--dim); margin-left: .75rem; }
.answer > summary, .try > summary { font-size: .9rem; }
.status { display: inline-block; min-width: 2.5rem; font-weight: 700; }
.s2, .s3 { color: var(--post); } .s4 { color: var(--patch); } .s5 { color: var(--delete); }
.caption { margin: .75rem 0 0; color: var(--dim); font-size: .85rem; }
.statuses { display: flex; flex-wrap: wrap; gap: .25rem 1rem; list-style: none; margin: .25rem 0 1rem; padding: 0; }
table { width: 100%; border-collapse: collapse; font-size: .875rem; margin: .25rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
thead th { color: var(--dim); font-weight: 500; }
tbody th { font-weight: 400; width: 22%; } td:nth-child(2) { width: 38%; }
.fields { display: grid; grid-template-columns: max-content minmax(0, 32rem); gap: .4rem 1rem; margin: .75rem 0;
  font-size: .875rem; align-items: center; }
.fields span { display: flex; gap: .5rem; } .fields input { flex: 1; min-width: 0; }
textarea { display: block; width: 100%; margin: .25rem 0 .75rem; }
output { display: block; margin-top: .75rem; }
[hidden] { display: none; }
@media (max-width: 55rem) { .columns { display: block; }
  nav { position: static; max-height: none; border: 0; padding: 0 1rem; }
  header, main { padding-left: 1rem; padding-right: 1rem; } .operation > summary .what { display: block; margin: 0; } }
@media print { nav, .tools, .try { display: none; } }
`
