import type { Profile } from '../profile/profile.js';

/** A profile in a few words: its name, and what of it was given otherwise. */
export function profileText({ name, changed }: Pick<Profile, 'name' | 'changed'>): string {
  return changed.length === 0 ? name : `${name}, but for ${changed.join(', ')}`;
}
