import { element } from '../xml-writer.js';
import { defined } from '../../runtime/defined.js';
import type { Operation } from './operation.js';
import type { Reply } from './reply.js';
import { childText } from './request-body.js';
import { valueOf } from './request-refused.js';

/** `GET /?accountmeta=true` (spec mns §2.17). */
export const getAccountAttributes: Operation = {
  name: 'GetAccountAttributes',
  run: ({ mns }): Reply => {
    const { loggingBucket } = valueOf(mns.apply({ type: 'getAccount' }));
    return { status: 200, root: element('Account', [element('LoggingBucket', loggingBucket)]) };
  },
};

/** `PUT /?accountmeta=true` (spec mns §2.17). */
export const setAccountAttributes: Operation = {
  name: 'SetAccountAttributes',
  run: ({ mns, body }): Reply => {
    // An empty bucket is a value: it ends the logging (spec mns §11.7).
    const loggingBucket = body.isEmpty ? undefined : childText(body.root('Account'), 'LoggingBucket')?.trim();
    valueOf(mns.apply({ type: 'setAccountAttributes', attributes: defined({ loggingBucket }) }));
    return { status: 204 };
  },
};
