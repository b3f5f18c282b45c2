import { render } from 'preact';
import { App } from './app.js';
import { Page } from './page.js';
import { listenToKeys } from './shortcuts.js';

const root = document.querySelector('#app');
if (root === null) throw new Error('the page has no element #app');
const page = new Page();
const draw = (): void => render(<App page={page} />, root);
listenToKeys(page);
page.start(draw);
draw();
