import { MnsbusError } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { Failure, Result } from '../mns/failure.js';
import { describeFailure } from '../mns/rest/error-catalogue.js';
import { REGION, readAccountId } from '../runtime/account-options.js';
import type { Accounts, Tenant } from '../runtime/accounts.js';

/** Whose resources are meant. */
export interface TenantChoice {
  /** An account that has keys. Default the account of requests whose host names none. */
  readonly accountId?: string;
  /** Default the region of requests whose host names none. */
  readonly region?: string;
}

/** The tenant that is meant. Throws `INVALID_ARGUMENT` for an account without keys, and for what is no region. */
export function chosenTenant(accounts: Accounts, choice: TenantChoice): Tenant {
  const { defaultTenant } = accounts;
  const accountId = readAccountId('accountId', choice.accountId ?? defaultTenant.accountId);
  if (!accounts.hasAccount(accountId)) throw invalidArgument('accountId', 'an account with keys', accountId);
  const region = choice.region ?? defaultTenant.region;
  if (typeof region !== 'string' || !REGION.test(region)) {
    throw invalidArgument('region', 'a region such as cn-beijing', region);
  }
  return { accountId, region };
}

/** What a command of the model gave. Throws `RESOURCE_NOT_FOUND` for what does not exist, `INVALID_ARGUMENT` for other refusals. */
export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw refusal(result.failure);
}

function refusal(failure: Failure): MnsbusError {
  const code = failure.code.endsWith('NotExist') ? 'RESOURCE_NOT_FOUND' : 'INVALID_ARGUMENT';
  return new MnsbusError({ code, message: `${failure.code}: ${describeFailure(failure).message}` });
}
