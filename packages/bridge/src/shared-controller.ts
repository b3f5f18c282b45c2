import { setMaxListeners } from 'node:events';

/** A controller whose signal any number may listen to: Node takes more than ten for a leak, and warns of it. */
export function sharedController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
