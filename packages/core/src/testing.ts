// For tests of programs that handle events; needs fast-check, which the main entry does not.
export { arbitraryEvent, arbitraryEventText } from './events/arbitrary-event.js';
export type { ArbitraryEventOptions } from './events/arbitrary-event.js';
