/** This machine, by all its names. */
export const LOCAL_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '::1'];
