import leven from 'leven';

/** The word that somebody most likely meant; `undefined` when none is near: a third of the letters may differ. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  let closest: string | undefined;
  let least = Infinity;
  for (const other of words) {
    const most = Math.max(1, Math.floor(Math.max(word.length, other.length) / 3));
    // Looked at first, because comparing letters is what takes its time.
    if (Math.abs(word.length - other.length) > most) continue;
    const distance = leven(word.toLowerCase(), other.toLowerCase());
    if (distance > most || distance >= least) continue;
    closest = other;
    least = distance;
  }
  return closest;
}
