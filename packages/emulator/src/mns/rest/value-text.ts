/** `True` or `False`: one SDK compares with exactly these (spec mns §0.4). */
export function booleanText(value: boolean): string {
  return value ? 'True' : 'False';
}

/** Whole seconds since 1970, as queues, topics and subscriptions show their times (spec mns §7.5). */
export function seconds(atMs: number): number {
  return Math.floor(atMs / 1000);
}
