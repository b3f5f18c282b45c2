import { verify } from 'node:crypto';
import { monotonicMs, type Clock } from '@mnsbus/core';
import { abortable, joinSignals } from '@mnsbus/core/internal';
import { isUnderPrefix } from './certificate-prefixes.js';
import type { CertificateStore } from './certificate-store.js';
import { fitsDigest, messageIdIn, readHead, stringToSign, type PushHead, type PushRequest } from './incoming-push.js';
import { PushRefused } from './push-refusal.js';
import type { PushSink, PushVerdict, PushedMessage } from './push-sink.js';
import { ReplayGuard } from './replay-guard.js';
import type { RequestBody } from './request-body.js';
import type { NotifyStrategy } from './topic-retries.js';

/** Which pushes are taken. */
export interface PushRules {
  readonly topicOwners: readonly string[];
  /** `undefined` for every topic of those accounts. */
  readonly topicNames: readonly string[] | undefined;
  readonly certificatePrefixes: readonly string[];
  /** Certificates that are allowed besides. */
  readonly certificateUrls: readonly string[];
  readonly maxAgeMs: number;
  /** Longest time from a request to its answer that is left to the listeners, in milliseconds. */
  readonly deadlineMs: number;
  readonly strategy: NotifyStrategy;
}

/**
 * Decides over requests, whatever brought them. What costs least is asked first.
 *
 * The signature is over the head alone, digest of the body included: of a forged request the body is not even read.
 */
export class PushReceiver {
  readonly #sink: PushSink;
  readonly #clock: Clock;
  readonly #rules: PushRules;
  readonly #certificates: CertificateStore;
  readonly #replays: ReplayGuard;
  #isClosed = false;

  constructor(sink: PushSink, clock: Clock, rules: PushRules, certificates: CertificateStore) {
    this.#sink = sink;
    this.#clock = clock;
    this.#rules = rules;
    this.#certificates = certificates;
    this.#replays = new ReplayGuard(clock, rules.maxAgeMs);
  }

  /** Verifies a request and has it handled. Rejects with `PushRefused`. */
  async receive(request: PushRequest, body: RequestBody, sender: AbortSignal): Promise<PushVerdict> {
    const receivedAt = new Date(this.#clock.now());
    const endsMs = monotonicMs(this.#clock) + this.#rules.deadlineMs;
    this.#checkOpen();
    if (request.method !== 'POST') throw new PushRefused('method', `expected POST, received ${request.method}`);
    const head = readHead(request);
    this.#checkHead(head, receivedAt.getTime());
    body.check();
    await this.#checkSignature(head, request);
    const bytes = await body.read();
    if (!fitsDigest(head.contentMd5, bytes)) throw new PushRefused('digest', 'the body is not the one of Content-MD5');
    this.#checkOpen();
    const text = bytes.toString('utf8');
    const { topicOwner, topicName, subscriptionName, messageId = messageIdIn(text), publishedAt, sentAt } = head;
    if (!this.#replays.admit(head.signature, sentAt)) {
      throw new PushRefused('replayed', `message ${messageId} has come in this very request before`);
    }
    const about = { topicOwner, topicName, subscriptionName, messageId, publishedAt, sentAt, receivedAt };
    const { strategy } = this.#rules;
    const message = { ...about, body: text, userProperties: [], strategy };
    const verdict = await this.#deliver(message, endsMs, sender);
    // A sender that repeats a failed request byte for byte is no attacker.
    if (verdict.type === 'retry') this.#replays.forget(head.signature);
    return verdict;
  }

  close(): void {
    this.#isClosed = true;
    this.#certificates.close();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new PushRefused('closed', 'the handler is closed');
  }

  #checkHead({ sentAt, topicOwner, topicName, certificateUrl }: PushHead, nowMs: number): void {
    const { maxAgeMs, topicOwners, topicNames, certificatePrefixes, certificateUrls } = this.#rules;
    const ageMs = nowMs - sentAt.getTime();
    if (Math.abs(ageMs) > maxAgeMs)
      throw new PushRefused('stale', `sent ${ageMs} ms ago, expected at most ${maxAgeMs}`);
    if (!topicOwners.includes(topicOwner) || topicNames?.includes(topicName) === false) {
      throw new PushRefused('topic', `not a topic of ours: ${topicName} of account ${topicOwner}`);
    }
    if (!certificateUrls.includes(certificateUrl) && !isUnderPrefix(certificateUrl, certificatePrefixes)) {
      throw new PushRefused('certificate-url', `not a plain path under an allowed prefix: ${certificateUrl}`);
    }
  }

  async #checkSignature({ certificateUrl, signature }: PushHead, request: PushRequest): Promise<void> {
    const data = Buffer.from(stringToSign(request), 'latin1');
    const key = await this.#certificates.keyOf(certificateUrl);
    let isGenuine = verify('RSA-SHA1', data, key, signature);
    if (!isGenuine) {
      const successor = await this.#certificates.successorOf(key, certificateUrl);
      isGenuine = successor !== undefined && verify('RSA-SHA1', data, successor, signature);
    }
    if (!isGenuine) throw new PushRefused('signature', 'the signature does not fit the request');
    this.#certificates.prove(certificateUrl);
  }

  /** What the sink says in time; a retry when it says nothing. */
  async #deliver(message: PushedMessage, endsMs: number, sender: AbortSignal): Promise<PushVerdict> {
    const { deadlineMs } = this.#rules;
    const late = new AbortController();
    const waitMs = endsMs - monotonicMs(this.#clock);
    const timer = this.#clock.after(waitMs, () => late.abort(new Error(`not handled within ${deadlineMs} ms`)));
    const { signal, release } = joinSignals(sender, late.signal);
    // A sink that throws, rejects or hangs costs the attempt, and nothing else.
    const handled = async (): Promise<PushVerdict> => this.#sink.deliver(message, signal);
    try {
      return await abortable(handled(), signal);
    } catch {
      return { type: 'retry' };
    } finally {
      timer.cancel();
      release();
    }
  }
}
