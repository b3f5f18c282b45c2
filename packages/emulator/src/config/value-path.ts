/** Where a value stands in a tree of options or of a file: `['queues', 0, 'name']`. */
export type ValuePath = readonly (string | number)[];

/** A path as people write it: `queues[0].name`. */
export function pathText(path: ValuePath): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}
