import { ADMIN_PREFIX, PAGE_PATH as PAGE_NAME } from '../admin-address.js';

/** Where the page is; all that it is made of lies below. */
export const PAGE_PATH: string = `${ADMIN_PREFIX}${PAGE_NAME}`;

/** The document of the page. The map is the only thing inline: browsers take it from nowhere else. */
export function writeIndex(importMap: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <meta name="referrer" content="no-referrer" />
    <title>mnsbus emulator</title>
    <link rel="icon" href="${PAGE_PATH}/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="${PAGE_PATH}/page.css" />
    <script type="importmap">${importMap}</script>
    <script type="module" src="${PAGE_PATH}/app/main.js"></script>
  </head>
  <body>
    <div id="app"></div>
    <noscript>This page needs JavaScript. Without it, /_emulator/openapi.json lists what can be asked.</noscript>
  </body>
</html>
`;
}
