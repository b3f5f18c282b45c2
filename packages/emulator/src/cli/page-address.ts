import { ADMIN_PREFIX, PAGE_PATH } from '../admin/admin-address.js';
import type { ServedEmulator } from './served-emulator.js';

/** Where the page of an emulator is; `undefined` when nobody may operate it. */
export function pageAddress({ admin, server: { endpoint } }: ServedEmulator): string | undefined {
  return admin.access === false ? undefined : `${endpoint}${ADMIN_PREFIX}${PAGE_PATH}`;
}
