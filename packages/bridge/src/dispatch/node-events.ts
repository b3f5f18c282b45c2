import { EventEmitter, on, once } from 'node:events';

/**
 * Whether `events.on` of node:events has made a listener: it puts what comes into a buffer and returns, so that an event would
 * count as handled before anybody has taken it.
 */
export const isBufferOfNode: (listener: unknown) => boolean = madeAs(() => {
  const emitter = new EventEmitter();
  const iterator = on(emitter, 'sample');
  const [listener] = emitter.listeners('sample');
  void iterator.return?.();
  return listener;
});

/** Whether it is what `events.once` of node:events listens for `error` with, whatever it waits for. */
export const isErrorListenerOfNode: (listener: unknown) => boolean = madeAs(() => {
  const emitter = new EventEmitter();
  void once(emitter, 'sample');
  const [listener] = emitter.listeners('error');
  emitter.emit('sample');
  return listener;
});

// These functions bear no mark but their source; a sample of this very Node has the same.
function madeAs(sample: () => unknown): (listener: unknown) => boolean {
  const made = sample();
  return (listener) => haveSameSource(made, listener);
}

/** Whether two functions were made in the same place; `false` when their source cannot tell, as that of bound functions. */
export function haveSameSource(one: unknown, other: unknown): boolean {
  if (typeof one !== 'function' || typeof other !== 'function') return false;
  const source = Function.prototype.toString.call(one);
  return !source.includes('[native code]') && Function.prototype.toString.call(other) === source;
}
