/** What every path of the admin API begins with. */
export const ADMIN_PREFIX = '/_emulator';

/** Where the page is, under the prefix. */
export const PAGE_PATH = '/ui';

/** The number of the admin API: another one when a client of this one would misunderstand it. */
export const ADMIN_API_VERSION = '1';

/** The header by which a reply of the admin API says its number, so that nobody takes something else for it. */
export const ADMIN_VERSION_HEADER = 'X-Mnsbus-Admin-Api';
