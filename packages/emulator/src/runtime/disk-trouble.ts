/** What a disk says no for, by the codes of the system and the words of LevelDB, which passes on those of the C library. */
const TROUBLES: readonly (readonly [codes: RegExp, words: RegExp, reason: string])[] = [
  [
    /^E(?:NOSPC|DQUOT|FBIG)$/,
    /No space left on device|quota exceeded|File too large/i,
    'there is no room left on its disk: make room, and it goes on',
  ],
  [
    /^E(?:ACCES|PERM)$/,
    /Permission denied|Operation not permitted/i,
    'this user has no right to it: give him the right to read and write all that is in it, or choose another directory',
  ],
  [/^EROFS$/, /Read-only file system/i, 'its disk can only be read: mount it for writing, or choose another directory'],
  [/^E(?:MFILE|NFILE)$/, /Too many open files/i, 'too many files are open: raise the limit (ulimit -n)'],
  [/^EIO$/, /Input\/output error/i, 'its disk is failing: look into the log of the system'],
  [/^ENOTDIR$|^EEXIST$/, /Not a directory/i, 'part of the path is a file and not a directory'],
  [/^ELOOP$/, /Too many levels of symbolic links/i, 'a symbolic link stands where a file should'],
  [/^ENOENT$/, /No such file or directory/i, 'a file of it is missing'],
];

/** What is wrong with a disk, and what to do about it; `undefined` when an error does not tell. */
export function diskTrouble(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const found = TROUBLES.find(([codes, words]) => codes.test(code) || words.test(error.message));
  return found === undefined ? diskTrouble(error.cause) : `${found[2]} (${error.message})`;
}
