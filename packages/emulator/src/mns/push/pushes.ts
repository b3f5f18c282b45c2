import type { Clock, SeededRandom } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import type { NotifyContentFormat } from '../model/subscription.js';
import type { Notification } from '../notification-body.js';
import { requestId } from '../rest/request-id.js';
import { DEFAULT_OPEN_PUSHES, PushGate } from './push-gate.js';
import { PushHosts } from './push-hosts.js';
import { pushRequest, type PushRequest } from './push-request.js';
import { sendOverSocket, type PushSender } from './push-sender.js';
import type { PushSigner } from './push-signer.js';

/** How an emulator pushes to HTTP endpoints. */
export interface PushOptions {
  /**
   * Hosts that may be pushed to besides this machine (`localhost`, `127.0.0.0/8`, `::1`): names or addresses without
   * scheme and port; `*` stands for all. Default none, so that no test sends traffic to the internet by accident. A
   * push to any other host fails, and the journal says why.
   */
  readonly hosts?: readonly string[];
  /**
   * The absolute URL at which receivers find the certificate. Default the emulator's own, once it is served; one that
   * is not served, or reached by another address than it listens at, needs this.
   */
  readonly certificateUrl?: string;
  /**
   * How many pushes are under way at once, 1–1000; half of them to one origin at most. The others wait in order. Default 100.
   */
  readonly concurrency?: number;
  /** Carries the pushes. Default over sockets; with a virtual clock give one that waits for nothing but that clock. */
  readonly sender?: PushSender;
}

/** What the pushes of one emulator need around them. */
export interface PushContext {
  readonly clock: Clock;
  /** Draws the request ids. */
  readonly random: SeededRandom;
  readonly signer: Pick<PushSigner, 'sign'> & Partial<Pick<PushSigner, 'prepared'>>;
}

/** A notification on its way to a web server. */
export interface Push {
  readonly url: string;
  readonly format: NotifyContentFormat;
  readonly notification: Notification;
  /** The text of the notification in that format. */
  readonly text: string;
}

/** What became of one push. */
export type PushOutcome =
  | { readonly ok: true; readonly status: number }
  | {
      readonly ok: false;
      readonly reason: string;
      /** The host, if it was not sent to because no option names it. */
      readonly refusedHost?: string;
    };

/** How long a push waits for its answer, in milliseconds (spec mns §5.5). */
export const PUSH_TIMEOUT_MS = 5000;

/** The largest number of pushes under way that an option may say. */
export const MOST_OPEN_PUSHES = 1000;

/** Where an emulator serves the certificate of its pushes. */
export const CERTIFICATE_PATH = '/_emulator/mns-signing-cert.pem';

/** The base of the certificate's URL while nobody serves the emulator: a name that leads nowhere. */
export const UNSERVED_ENDPOINT = 'http://mns-emulator.invalid';

/** Makes single attempts to push, all signed with one key; retrying is somebody else's concern. */
export class Pushes {
  readonly #clock: Clock;
  readonly #random: SeededRandom;
  readonly #signer: PushContext['signer'];
  readonly #gate: PushGate;
  readonly #hosts: PushHosts;
  readonly #sender: PushSender;
  readonly #certificateUrl: string | undefined;
  readonly #open = new Set<(reason: string) => void>();
  readonly #outcomes = new Set<Promise<PushOutcome>>();
  #endpoint: string = UNSERVED_ENDPOINT;
  #isClosed = false;

  /** Throws `INVALID_ARGUMENT` for a host that is none, a certificate URL that is not absolute, and a number out of range. */
  constructor(
    { clock, random, signer }: PushContext,
    { hosts, certificateUrl, concurrency = DEFAULT_OPEN_PUSHES, sender = sendOverSocket }: PushOptions = {},
  ) {
    if (!(Number.isInteger(concurrency) && concurrency >= 1 && concurrency <= MOST_OPEN_PUSHES)) {
      throw invalidArgument('push.concurrency', `a whole number from 1 to ${MOST_OPEN_PUSHES}`, concurrency);
    }
    if (certificateUrl !== undefined && !(/^https?:\/\//.test(certificateUrl) && URL.canParse(certificateUrl))) {
      throw invalidArgument('push.certificateUrl', 'an absolute URL of HTTP', certificateUrl);
    }
    this.#clock = clock;
    this.#random = random;
    this.#signer = signer;
    this.#gate = new PushGate(clock, concurrency);
    this.#hosts = new PushHosts(hosts);
    this.#sender = sender;
    this.#certificateUrl = certificateUrl;
  }

  /** Takes note of the base URL at which the emulator is served, without a slash at its end. */
  servedAt(endpoint: string): void {
    this.#endpoint = endpoint;
  }

  /** Sends a push once. A success is any 2xx (spec mns §5.5); never rejects. */
  async send(push: Push): Promise<PushOutcome> {
    if (this.#isClosed) return failed(CLOSED);
    const { hostname, origin } = new URL(push.url);
    if (!this.#hosts.allow(push.url)) {
      const reason = `${hostname} is not this machine: push.hosts does not name it`;
      return { ok: false, reason, refusedHost: hostname };
    }
    const outcome = this.#attempt(push, origin);
    this.#outcomes.add(outcome);
    // Never rejects.
    void outcome.then(() => this.#outcomes.delete(outcome));
    return outcome;
  }

  async #attempt(push: Push, origin: string): Promise<PushOutcome> {
    const entered = this.#gate.enter(origin);
    if (entered !== undefined) await entered;
    try {
      const prepared = this.#signer.prepared?.();
      const { activity } = this.#clock;
      if (prepared !== undefined) await (activity === undefined ? prepared : activity.during(prepared));
      if (this.#isClosed) return failed(CLOSED);
      const nowMs = this.#clock.now();
      const request = pushRequest({
        ...push,
        requestId: requestId(nowMs, this.#random),
        certificateUrl: this.#certificateUrl ?? `${this.#endpoint}${CERTIFICATE_PATH}`,
        nowMs,
        sign: this.#signer.sign,
      });
      return await this.#exchange(request);
    } finally {
      this.#gate.leave(origin);
    }
  }

  /**
   * Resolves when the pushes that are to be sent now have their outcomes: within {@link PUSH_TIMEOUT_MS}, or several
   * times that where there are more than may be under way.
   */
  async finished(): Promise<void> {
    await Promise.all(this.#outcomes);
  }

  /** Gives up every push that waits for its answer, and all that come later. */
  close(): void {
    this.#isClosed = true;
    this.#gate.close();
    for (const giveUp of this.#open) giveUp(CLOSED);
  }

  #exchange(request: PushRequest): Promise<PushOutcome> {
    return new Promise((resolve) => {
      const controller = new AbortController();
      const end = (outcome: PushOutcome): void => {
        timer.cancel();
        this.#open.delete(giveUp);
        resolve(outcome);
      };
      const giveUp = (reason: string): void => {
        end(failed(reason));
        controller.abort();
      };
      const timer = this.#clock.after(PUSH_TIMEOUT_MS, () => giveUp(`no answer within ${PUSH_TIMEOUT_MS} ms`));
      this.#open.add(giveUp);
      // A sender that throws fails like one that rejects.
      void (async () => this.#sender(request, controller.signal))().then(
        ({ status }) => end(isSuccess(status) ? { ok: true, status } : failed(`HTTP ${status}`)),
        (error: unknown) => end(failed(reasonOf(error))),
      );
    });
  }
}

const CLOSED = 'the emulator was closed';

function failed(reason: string): PushOutcome {
  return { ok: false, reason };
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** The code of a system error, for example `ECONNREFUSED`, else its message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
