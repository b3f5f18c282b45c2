import type { WireResponse } from '@mnsbus/core';
import type { Failure } from '../failure.js';
import { element, writeXml, type XmlNode } from '../xml-writer.js';
import { API_VERSION } from './authentication.js';
import { describeFailure } from './error-catalogue.js';

/** A reply before it is bytes. */
export interface Reply {
  readonly status: number;
  /** The document of the body; absent for an empty one. */
  readonly root?: XmlNode;
  /** The `Location` header; absent for most. */
  readonly location?: string;
  /** The items of a batch that have failed, each with its real reason, for the journal; absent when none has. */
  readonly failures?: readonly { readonly index: number; readonly code: string }[];
  /** The code that the reply itself has for the first of them. */
  readonly firstCode?: string | undefined;
}

/** What every reply carries. */
export interface ReplyStamp {
  /** 24 upper-case hex digits. */
  readonly requestId: string;
  /** As the `Date` header has it. */
  readonly date: string;
  /** Milliseconds from the arrival of the request on. */
  readonly tookMs: number;
}

/** The reply to a refused request (spec mns §1.7). */
export function errorReply(failure: Failure, requestId: string, hostId: string): Reply {
  const { status, message } = describeFailure(failure);
  const root = element('Error', [
    element('Code', failure.code),
    element('Message', message),
    element('RequestId', requestId),
    element('HostId', hostId),
  ]);
  return { status, root };
}

/** Writes a reply with the service's headers, spelled as real clients look for them (spec mns §1.6). */
export function writeReply({ status, root, location }: Reply, { requestId, date, tookMs }: ReplyStamp): WireResponse {
  const body = Buffer.from(root === undefined ? '' : writeXml(root), 'utf8');
  const headers: [string, string][] = [
    ['Server', 'AliyunMQS'],
    ['Date', date],
    ['Content-Type', 'text/xml;charset=utf-8'],
  ];
  // A 204 has no body by definition; any other reply has to say that its body is empty.
  if (status !== 204) headers.push(['Content-Length', String(body.length)]);
  if (location !== undefined) headers.push(['Location', location]);
  headers.push(
    ['Connection', 'keep-alive'],
    ['x-mns-version', API_VERSION],
    ['x-mns-request-id', requestId],
    ['x-mns-response-format', 'xml'],
    ['x-mns-netty-total-time', String(Math.floor(tookMs))],
    ['x-mns-threadpool-wait-time', '0'],
    ['x-mns-account-type', ''],
  );
  return { status, headers, body };
}
