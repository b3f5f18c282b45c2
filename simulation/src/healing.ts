/** When faults are over: from then on listeners are quick, and do what they are for. */
export interface Healing {
  readonly isOver: boolean;
  /** Resolves then. */
  readonly over: Promise<void>;
}

/** Makes what tells everybody that faults are over. */
export function createHealing(): Healing & { readonly heal: () => void } {
  let resolve: (() => void) | undefined;
  let isOver = false;
  const over = new Promise<void>((done) => {
    resolve = done;
  });
  return {
    get isOver() {
      return isOver;
    },
    over,
    heal: () => {
      isOver = true;
      resolve?.();
    },
  };
}
