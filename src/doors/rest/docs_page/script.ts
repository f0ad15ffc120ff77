// What the page does in a browser: open a link's target, find operations, send a call. It writes text, never HTML.

export const script = `
'use strict';
const byId = (id) => document.getElementById(id);

function openTarget() {
  const target = byId(decodeURIComponent(location.hash.slice(1)));
  if (target === null) return;
  for (let at = target; at !== null; at = at.parentElement) if (at.tagName === 'DETAILS') at.open = true;
  target.scrollIntoView();
  const summary = target.querySelector(':scope > summary');
  if (summary !== null) summary.focus();
}
addEventListener('hashchange', openTarget);
openTarget();

byId('find').addEventListener('input', (event) => {
  const words = event.target.value.toLowerCase().split(' ').filter(Boolean);
  const isMeant = (text) => words.every((word) => text.toLowerCase().includes(word));
  for (const one of document.querySelectorAll('details.operation')) {
    one.hidden = !isMeant(one.querySelector('summary').textContent);
  }
  for (const tag of document.querySelectorAll('section.tag')) {
    tag.hidden = tag.querySelector('details.operation:not([hidden])') === null;
  }
  for (const link of document.querySelectorAll('nav li')) {
    const target = byId(decodeURIComponent(link.querySelector('a').hash.slice(1)));
    link.hidden = target !== null && target.hidden;
  }
});

function readForm(form) {
  const headers = new Headers();
  const query = [];
  let path = form.dataset.path;
  for (const input of form.querySelectorAll('input')) {
    const value = input.value.trim();
    const { in: place, name } = input.dataset;
    if (place === 'path') path = path.replace('{' + name + '}', encodeURIComponent(value));
    else if (value === '') continue;
    else if (place === 'header') headers.set(name, value);
    else {
      const select = input.parentElement.querySelector('select');
      query.push(name + (select === null ? '' : '[' + select.value + ']') + '=' + encodeURIComponent(value));
    }
  }
  const token = byId('token').value.trim();
  if (token !== '') headers.set('Authorization', 'Bearer ' + token);
  const text = form.querySelector('textarea');
  const body = text === null || text.value.trim() === '' ? undefined : text.value;
  if (body !== undefined) headers.set('Content-Type', form.dataset.type);
  return { url: path + (query.length === 0 ? '' : '?' + query.join('&')), method: form.dataset.method, headers, body };
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(form) {
  const { url, method, headers, body } = readForm(form);
  const started = performance.now();
  const answer = await fetch(url, { method, headers, body, credentials: 'omit' });
  const text = await answer.text();
  const took = Math.round(performance.now() - started);
  const head = [...answer.headers].map(([name, value]) => name + ': ' + value).join('\\n');
  return method + ' ' + url + '\\n' + answer.status + ' in ' + took + ' ms\\n' + head + '\\n\\n' + pretty(text);
}

addEventListener('submit', (event) => {
  event.preventDefault();
  const output = event.target.querySelector('output');
  const show = (text) => {
    const block = document.createElement('pre');
    block.tabIndex = 0;
    block.textContent = text;
    output.replaceChildren(block);
  };
  show('Waiting for the answer.');
  send(event.target).then(show, (error) => show('It could not be sent: ' + error.message));
});
`
