import { defined } from '../../runtime/defined.js';
import { element } from '../xml-writer.js';
import type { Operation } from './operation.js';
import type { Reply } from './reply.js';
import { childInteger, childText } from './request-body.js';
import { valueOf } from './request-refused.js';

/** `GET /?account`, which one client has: whose endpoint it is (spec mns §2.17). */
export const getAccount: Operation = {
  name: 'GetAccount',
  run: ({ mns }): Reply => ({ status: 200, root: element('Account', [element('AccountId', mns.tenant.accountId)]) }),
};

/** `GET /?accountmeta=true` (spec mns §2.17). */
export const getAccountAttributes: Operation = {
  name: 'GetAccountAttributes',
  run: ({ mns }): Reply => {
    const { loggingBucket, traceEnabled } = valueOf(mns.apply({ type: 'getAccount' }));
    const nodes = [element('LoggingBucket', loggingBucket), element('TraceEnabled', traceEnabled)];
    return { status: 200, root: element('Account', nodes) };
  },
};

/** `PUT /?accountmeta=true` (spec mns §2.17). */
export const setAccountAttributes: Operation = {
  name: 'SetAccountAttributes',
  run: ({ mns, body }): Reply => {
    const root = body.isEmpty ? undefined : body.root('Account');
    const attributes = defined({
      // An empty bucket is a value: it ends the logging (spec mns §11.7).
      loggingBucket: root && childText(root, 'LoggingBucket')?.trim(),
      traceEnabled: root && childInteger(root, 'TraceEnabled'),
    });
    valueOf(mns.apply({ type: 'setAccountAttributes', attributes }));
    return { status: 204 };
  },
};

/** `POST /commonbuy/openservice`: shipped demos begin with it (spec mns §2.17). Whoever is answered has an account already. */
export const openService: Operation = {
  name: 'OpenService',
  run: ({ mns }): Reply => {
    const orderId = orderIdOf(mns.tenant.accountId);
    return { status: 200, root: element('OpenService', [element('OrderId', orderId)]) };
  },
};

/** Fifteen digits, as orders of Alibaba Cloud have; always the same for an account, which is opened once. */
function orderIdOf(accountId: string): string {
  return accountId.slice(-15).padStart(15, '0');
}
