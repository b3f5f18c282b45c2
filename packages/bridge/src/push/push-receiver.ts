import { verify } from 'node:crypto';
import type { Clock } from '@mnsbus/core';
import { isUnderPrefix } from './certificate-prefixes.js';
import type { CertificateStore } from './certificate-store.js';
import { fitsDigest, readHead, stringToSign, type PushHead, type PushRequest } from './incoming-push.js';
import { PushRefused } from './push-refusal.js';
import type { PushSink, PushVerdict } from './push-sink.js';
import { ReplayGuard } from './replay-guard.js';

/** Which pushes are taken. */
export interface PushRules {
  readonly topicOwners: readonly string[];
  /** `undefined` for every topic of those accounts. */
  readonly topicNames: readonly string[] | undefined;
  readonly certificatePrefixes: readonly string[];
  readonly maxAgeMs: number;
  /** Longest time for the listeners, in milliseconds. */
  readonly deadlineMs: number;
}

/** Reads the body; rejects with `PushRefused` when it is too large or does not come. */
export type ReadBody = () => Promise<Buffer>;

/** Decides over requests, whatever brought them. What costs least is asked first, and nothing is fetched for a forged one. */
export class PushReceiver {
  readonly #sink: PushSink;
  readonly #clock: Clock;
  readonly #rules: PushRules;
  readonly #certificates: CertificateStore;
  readonly #replays = new ReplayGuard();
  #isClosed = false;

  constructor(sink: PushSink, clock: Clock, rules: PushRules, certificates: CertificateStore) {
    this.#sink = sink;
    this.#clock = clock;
    this.#rules = rules;
    this.#certificates = certificates;
  }

  /** Verifies a request and has it handled. Rejects with `PushRefused`. */
  async receive(request: PushRequest, readBody: ReadBody, sender: AbortSignal): Promise<PushVerdict> {
    const receivedAt = new Date(this.#clock.now());
    if (this.#isClosed) throw new PushRefused('closed', 'the handler is closed');
    if (request.method !== 'POST') throw new PushRefused('method', `expected POST, received ${request.method}`);
    const head = readHead(request);
    this.#checkHead(head, receivedAt.getTime());
    const body = await readBody();
    if (!fitsDigest(head.contentMd5, body)) throw new PushRefused('digest', 'the body is not the one of Content-MD5');
    const key = await this.#certificates.keyOf(head.certificateUrl);
    const data = Buffer.from(stringToSign(request), 'latin1');
    if (!verify('RSA-SHA1', data, key, head.signature)) {
      throw new PushRefused('signature', 'the signature does not fit the request');
    }
    return this.#handleOnce(head, body.toString('utf8'), receivedAt, sender);
  }

  close(): void {
    this.#isClosed = true;
    this.#certificates.close();
  }

  #checkHead({ sentAt, topicOwner, topicName, certificateUrl }: PushHead, nowMs: number): void {
    const { maxAgeMs, topicOwners, topicNames, certificatePrefixes } = this.#rules;
    const ageMs = nowMs - sentAt.getTime();
    if (Math.abs(ageMs) > maxAgeMs)
      throw new PushRefused('stale', `sent ${ageMs} ms ago, expected at most ${maxAgeMs}`);
    if (!topicOwners.includes(topicOwner) || topicNames?.includes(topicName) === false) {
      throw new PushRefused('topic', `not a topic of ours: ${topicName} of account ${topicOwner}`);
    }
    if (!isUnderPrefix(certificateUrl, certificatePrefixes)) {
      throw new PushRefused('certificate-url', `not under an allowed prefix: ${certificateUrl}`);
    }
  }

  async #handleOnce(head: PushHead, body: string, receivedAt: Date, sender: AbortSignal): Promise<PushVerdict> {
    const { sentAt, topicName, subscriptionName, messageId } = head;
    const signature = head.signature.toString('base64');
    // After that its Date alone keeps it out.
    const untilMs = sentAt.getTime() + this.#rules.maxAgeMs + 1;
    if (!this.#replays.admit(signature, untilMs, this.#clock.now())) {
      throw new PushRefused('replayed', `message ${messageId} has come in this very request before`);
    }
    const verdict = await this.#deliver(
      { topicName, subscriptionName, messageId, body, userProperties: [], sentAt, receivedAt },
      sender,
    );
    // A sender that repeats a failed request byte for byte is no attacker.
    if (verdict.type === 'retry') this.#replays.forget(signature);
    return verdict;
  }

  async #deliver(message: Parameters<PushSink['deliver']>[0], sender: AbortSignal): Promise<PushVerdict> {
    const late = new AbortController();
    const { deadlineMs } = this.#rules;
    const timer = this.#clock.after(deadlineMs, () => late.abort(new Error(`not handled within ${deadlineMs} ms`)));
    try {
      return await this.#sink.deliver(message, AbortSignal.any([sender, late.signal]));
    } finally {
      timer.cancel();
    }
  }
}
