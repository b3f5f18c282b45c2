/** The account of an emulator that was told none. */
export const DEFAULT_ACCOUNT_ID = '1000000000000001';
/** The region of an emulator that was told none. */
export const DEFAULT_REGION = 'cn-beijing';
/** The access key id of an emulator that was told none. */
export const DEFAULT_ACCESS_KEY_ID = 'emuKey';
/** The access key secret of an emulator that was told none. */
export const DEFAULT_ACCESS_KEY_SECRET = 'emuSecret';
