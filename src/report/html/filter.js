// Shows the cards and rows that match all filters.
'use strict';
const id = name => document.getElementById(name);
const form = id('filter');
const rows = [...document.querySelectorAll('tr.row')];
const cards = [...document.querySelectorAll('.card')];
const filter = () => {
  const words = id('words').value.toLowerCase().split(' ').filter(word => word);
  const chosen = ['class', 'kind', 'go'].filter(key => id('by-' + key).value);
  const named = id('by-function').value.toLowerCase();
  for (const row of rows) {
    const text = row.closest('.card').dataset.text + ' ' + row.textContent.toLowerCase();
    row.hidden = !(chosen.every(key => row.dataset[key] === id('by-' + key).value) &&
      words.every(word => text.includes(word)) &&
      row.cells[0].textContent.toLowerCase().split(': ').pop().includes(named));
  }
  let shown = 0;
  for (const card of cards) {
    card.hidden = ![...card.querySelectorAll('tr.row')].some(row => !row.hidden);
    shown += card.hidden ? 0 : 1;
  }
  id('shown').textContent = shown === cards.length ? '' : shown + ' of ' + cards.length + ' cards';
};
form.hidden = false;
form.addEventListener('input', filter);
form.addEventListener('submit', event => event.preventDefault());
// A browser keeps what was typed when a page is loaded again.
filter();
