const ADDRESS = /^oss:\/\/([^/]*)(\/.+)?/s;

/** How OSS names buckets. */
const BUCKET = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const BUCKET_RULE = '3 to 63 lower-case letters, digits and hyphens, no hyphen first or last';

/** What an address in OSS has to be: of one object, or of all that begin with it, which may be a bucket (spec imm §2.2). */
export type OssAddressKind = 'object' | 'prefix';

/**
 * What is wrong with an address in OSS, in words; `undefined` when nothing is. `placeholder` may stand for a bucket.
 *
 * One that has the right form names its bucket: that `oss://b/k.docx` does not, is hard to see from the form alone.
 */
export function ossAddressProblem(text: string, kind: OssAddressKind, placeholder?: string): string | undefined {
  const form = `expected oss://bucket/${kind}`;
  const [whole, bucket = '', key] = ADDRESS.exec(text) ?? [];
  if (whole === undefined || bucket === '' || (kind === 'object' && key === undefined)) return form;
  if (bucket === placeholder || BUCKET.test(bucket)) return undefined;
  return `${form}, but OSS names no bucket "${bucket.slice(0, 80)}": ${BUCKET_RULE}`;
}
