import type { WireResponse } from '@mnsbus/core';
import { childText, headerOf, readXml } from '@mnsbus/core/internal';
import { ADMIN_ERROR_CODES } from '../../src/admin/admin-error.js';
import { ERROR_CATALOGUE } from '../../src/mns/rest/error-catalogue.js';

/** What a reply tells, or what is wrong with it. */
export type Verdict = { readonly outcome: string; readonly problem?: undefined } | { readonly problem: string };

/** Replies may be larger than requests. */
const LIMITS = { maxLength: 2 ** 28, maxDepth: 60, maxNodes: 10_000_000 };
const PRINTABLE = /^[\x20-\x7E]*$/;
const MNS_ID = /^[0-9A-F]{24}$/;
const UUID = /^[\dA-F]{8}-[\dA-F]{4}-4[\dA-F]{3}-[89AB][\dA-F]{3}-[\dA-F]{12}$/;
const KNOWN_CODES: Readonly<Record<string, { readonly status: number }>> = ERROR_CATALOGUE;

/** Judges a reply of a service to whatever was asked: complete, well-formed, of a known code, and no fault of its own. */
export function judgeReply(reply: WireResponse): Verdict {
  const { status, headers, body } = reply;
  if (!(Number.isInteger(status) && status >= 200 && status < 600)) return { problem: `status ${status}` };
  const unprintable = headers.find(([name, value]) => !PRINTABLE.test(name) || !PRINTABLE.test(value));
  if (unprintable !== undefined) return { problem: `the header ${JSON.stringify(unprintable)} cannot be sent` };
  const length = headerOf(reply, 'content-length');
  if (length !== undefined && length !== String(body.length)) {
    return { problem: `Content-Length ${length} with ${body.length} bytes` };
  }
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
  const mnsId = headerOf(reply, 'x-mns-request-id');
  const verdict = mnsId === undefined ? immVerdict(reply, text) : mnsVerdict(status, mnsId, text);
  return verdict.problem === undefined ? verdict : { problem: `${verdict.problem}: ${status} ${text.slice(0, 400)}` };
}

function mnsVerdict(status: number, requestId: string, text: string): Verdict {
  if (!MNS_ID.test(requestId)) return { problem: `the request id ${requestId} is none` };
  if (text === '') return status < 300 ? { outcome: 'success' } : { problem: 'a refusal without a word' };
  const root = parsed(() => readXml(text, LIMITS));
  if (root === undefined) return { problem: 'a reply that is no XML' };
  // Clients go by the root of a batch of which a part was refused, and of deletes (spec mns §2.7, §2.12).
  if (root.name === 'Messages' || root.name === 'Errors') return { outcome: status < 300 ? 'success' : 'partial' };
  if (root.name !== 'Error')
    return status < 300 ? { outcome: 'success' } : { problem: `root ${root.name} of a refusal` };
  const code = childText(root, 'Code') ?? '';
  if (!Object.hasOwn(KNOWN_CODES, code)) return { problem: `the code ${code} is in no list` };
  if (KNOWN_CODES[code]?.status !== status) return { problem: `the code ${code} has another status` };
  if (childText(root, 'RequestId') !== requestId) return { problem: 'another request id inside than outside' };
  if ((childText(root, 'Message') ?? '') === '') return { problem: 'a refusal without a message' };
  return status === 500 ? { problem: 'a fault of the service' } : { outcome: code };
}

function immVerdict(reply: WireResponse, text: string): Verdict {
  const { status } = reply;
  const requestId = headerOf(reply, 'x-acs-request-id') ?? '';
  if (!UUID.test(requestId)) return { problem: 'a reply without a request id' };
  const isXml = headerOf(reply, 'content-type')?.startsWith('text/xml') === true;
  const member = isXml ? xmlMembers(text) : jsonMembers(text);
  if (member === undefined) return { problem: 'a reply that cannot be read' };
  if (member('RequestId') !== requestId) return { problem: 'another request id inside than outside' };
  if (status === 200) return { outcome: 'success' };
  const code = member('Code') ?? '';
  if (status < 400 || code === '' || (member('Message') ?? '') === '' || member('HostId') === undefined) {
    return { problem: 'a refusal that does not say what is wrong' };
  }
  return status === 500 ? { problem: 'a fault of the service' } : { outcome: withoutParameter(code) };
}

type Members = (name: string) => string | undefined;

function xmlMembers(text: string): Members | undefined {
  const root = parsed(() => readXml(text, LIMITS));
  return root === undefined ? undefined : (name) => childText(root, name);
}

function jsonMembers(text: string): Members | undefined {
  const value = parsed((): unknown => JSON.parse(text));
  if (typeof value !== 'object' || value === null) return undefined;
  return (name) => {
    const member: unknown = Reflect.get(value, name);
    return typeof member === 'string' ? member : undefined;
  };
}

/** Codes that name a parameter are one code each: `InvalidParameter.{parameter}.WrongFormat`. */
function withoutParameter(code: string): string {
  return code
    .replace(/^InvalidParameter\.\w+/, 'InvalidParameter.*')
    .replace(/^InvalidJSON Array parsing error,.*/, 'InvalidJSON');
}

const ADMIN_CODES: ReadonlySet<string> = new Set(ADMIN_ERROR_CODES);

/** Judges a reply of the admin API. */
export function judgeAdminReply(status: number, text: string): Verdict {
  if (text === '') return status < 300 ? { outcome: 'success' } : { problem: `${status} without a word` };
  const value = parsed((): unknown => JSON.parse(text));
  if (typeof value !== 'object' || value === null) return { problem: `a reply that is no JSON: ${text.slice(0, 400)}` };
  if (status < 300) return { outcome: 'success' };
  const error: unknown = Reflect.get(value, 'error');
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (typeof code !== 'string' || !ADMIN_CODES.has(code))
    return { problem: `a refusal without a code: ${text.slice(0, 400)}` };
  return status >= 500 ? { problem: `a fault of the admin API: ${status} ${text.slice(0, 400)}` } : { outcome: code };
}

function parsed<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
