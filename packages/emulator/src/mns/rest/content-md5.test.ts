import { describe, expect, it } from 'vitest';
import { fitsContentMd5 } from './content-md5.js';

const BODY = Buffer.from(
  '<?xml version="1.0" encoding="UTF-8"?><Message xmlns="http://mns.aliyuncs.com/doc/v1/"><MessageBody>hello</MessageBody></Message>',
);

describe('fitsContentMd5', () => {
  it.each([
    ['base64 of the hex digest', 'ZDg5MjIyY2RlNmQxMDY4YTNmNmZhYjMzNDVlMzBhMmU='],
    ['base64 of the digest', '2JIizebRBoo/b6szReMKLg=='],
    ['the bare hex digest', 'd89222cde6d1068a3f6fab3345e30a2e'],
  ])('takes %s', (_, header) => {
    expect(fitsContentMd5(header, BODY)).toBe(true);
    expect(fitsContentMd5(header, Buffer.concat([BODY, Buffer.from(' ')]))).toBe(false);
  });

  it('takes the digest of an empty body', () => {
    expect(fitsContentMd5('ZDQxZDhjZDk4ZjAwYjIwNGU5ODAwOTk4ZWNmODQyN2U=', new Uint8Array())).toBe(true);
  });

  it.each(['', 'x', 'd89222cde6d1068a3f6fab3345e30a2', 'ZDg5MjIyY2RlNmQxMDY4YTNmNmZhYjMzNDVlMzBhMmU'])(
    'refuses %j',
    (header) => {
      expect(fitsContentMd5(header, BODY)).toBe(false);
    },
  );
});
