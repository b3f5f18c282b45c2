import type { WireRequest, WireResponse } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import type { SeededRandom } from '@mnsbus/core';
import type { Tenant } from '../../runtime/accounts.js';
import type { FaultSubject } from '../../faults/faults.js';
import {
  NO_ANSWER,
  arrivalFaults,
  gatewayPage,
  requestPlan,
  spoiledReply,
  waitForPlan,
  type ArrivalFaults,
  type RequestPlan,
} from '../../faults/request-faults.js';
import type { EmulatorContext } from '../../runtime/context.js';
import { isProvokedCode, type Failure, type ProvokedCode } from '../failure.js';
import type { MnsSettings } from '../mns-options.js';
import type { MnsTenant } from '../mns-tenant.js';
import { checkName, type ResourceKind } from '../model/resource-name.js';
import { authenticate } from './authentication.js';
import { fitsContentMd5 } from './content-md5.js';
import { endpointOf, endpointUrl, type Endpoint, type Scheme } from './endpoint.js';
import { heldCall } from './held-call.js';
import { HttpDate } from './http-date.js';
import type { LateReply } from './operation.js';
import { errorReply, writeReply, type Reply } from './reply.js';
import { RequestBody } from './request-body.js';
import { requestId as newRequestId } from './request-id.js';
import { RequestRefused } from './request-refused.js';
import { checkQueryNames, readTarget } from './request-target.js';
import { findRoute, type Route } from './routes.js';

/** The name under which the journal has requests that ask for nothing known. */
export const UNKNOWN_OPERATION = 'Unknown';

const NOBODY: FaultSubject = {};

const NO_NAMES: Route['names'] = {};

const NO_FAILURES: Pick<Reply, 'failures' | 'firstCode'> = {};

const KINDS: readonly ResourceKind[] = ['queue', 'topic', 'subscription'];

/** A request, and what is known of it so far. */
interface Exchange {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly startedAtMs: number;
  readonly endpoint: Endpoint;
  operation: string;
  names: Route['names'];
  /** What faults do to the request. */
  plan?: RequestPlan | undefined;
  /** How long the profile has held the request back, in milliseconds. */
  heldMs: number;
}

/** How a request is answered: as the service does, or with what arrives instead of that. */
type Outcome =
  | { readonly reply: Reply; readonly failure?: Failure }
  | { readonly reply: Pick<Reply, 'status'>; readonly instead: WireResponse };

/** The HTTP side of MNS: takes requests apart, checks them in the service's order, and writes replies. */
export class RestEndpoint {
  readonly #context: EmulatorContext;
  readonly #requestIds: SeededRandom;
  readonly #dates = new HttpDate();
  readonly #isStrict: boolean;
  readonly #mnsOf: (tenant: Tenant) => MnsTenant;
  readonly #refuse: MnsSettings['refuse'];
  readonly #manner: MnsSettings['manner'];
  #scheme: Scheme = 'http';

  constructor(
    context: EmulatorContext,
    mnsOf: (tenant: Tenant) => MnsTenant,
    { strictQueryNames, refuse, manner }: Pick<MnsSettings, 'strictQueryNames' | 'refuse' | 'manner'>,
  ) {
    this.#manner = manner;
    this.#isStrict = strictQueryNames;
    this.#refuse = refuse;
    this.#context = context;
    this.#requestIds = context.random.fork('mns/request-ids');
    this.#mnsOf = mnsOf;
  }

  /** Takes note of the base URL at which the emulator is served: URLs in replies have its scheme. */
  servedAt(endpoint: string): void {
    this.#scheme = endpoint.startsWith('https:') ? 'https' : 'http';
  }

  /** Answers one request and records it. Never rejects. */
  async handle(request: WireRequest): Promise<WireResponse> {
    const startedAtMs = this.#context.clock.now();
    const requestId = newRequestId(startedAtMs, this.#requestIds);
    const endpoint = endpointOf(request, this.#context.accounts.defaultTenant, this.#scheme);
    const exchange: Exchange = {
      request,
      requestId,
      startedAtMs,
      endpoint,
      operation: UNKNOWN_OPERATION,
      names: NO_NAMES,
      heldMs: 0,
    };
    try {
      return await this.#answer(exchange);
    } catch (error) {
      return this.#conclude(exchange, refusedOutcome(error, exchange));
    }
  }

  async #answer(exchange: Exchange): Promise<WireResponse> {
    const { request, endpoint } = exchange;
    const body = new RequestBody(request.body);
    const target = readTarget(request.target);
    if (this.#isStrict) checkQueryNames(target);
    const route = findRoute(request.method, target, body);
    if (route === undefined) throw new RequestRefused('InvalidRequestURL');
    const operation = route.operation.name;
    exchange.operation = operation;
    exchange.names = route.names;
    const { faults, clock } = this.#context;
    const { queue: queueName = '', topic: topicName = '', subscription: subscriptionName = '' } = route.names;
    const names = { queueName, topicName, subscriptionName };
    const subject = faults.isEmpty ? NOBODY : { service: 'mns', operation, ...endpoint.tenant, ...names };
    this.#check(request, target.resource, endpoint, route, arrivalFaults(faults, subject));
    const provoked = this.#refuse?.({ operation, ...endpoint.tenant, ...names });
    if (provoked !== undefined) throw new RequestRefused(provoked);
    const mns = this.#mnsOf(endpoint.tenant);
    if (this.#manner !== undefined) {
      const held = await this.#manner.hold(heldCall(operation, { mns, queueName, query: target.query, body, request }));
      exchange.heldMs = held.paceMs;
      if (held.isThrottled) throw new RequestRefused('TooManyRequests');
    }
    const plan = requestPlan(faults, subject, isProvokedCode);
    exchange.plan = plan;
    if (plan !== undefined) {
      await waitForPlan(plan, clock, faults);
      const refusal = plan.isReset ? NO_ANSWER : refusalOf(plan);
      if (typeof refusal === 'string') throw new RequestRefused(refusal);
      if (refusal !== undefined) return this.#conclude(exchange, { reply: refusal, instead: refusal });
    }
    const call = { endpoint, mns, ...names, request, query: target.query, body, heldMs: exchange.heldMs };
    return this.#carryOut(exchange, () => route.operation.run(call));
  }

  /** Carries out an operation: what it brings about is told after the request. */
  #carryOut(exchange: Exchange, run: () => Reply | LateReply): WireResponse | Promise<WireResponse> {
    const settled = (reply: () => Reply): WireResponse => {
      let outcome: Outcome;
      try {
        outcome = { reply: reply() };
      } catch (error) {
        outcome = refusedOutcome(error, exchange);
      }
      return this.#conclude(exchange, outcome);
    };
    return this.#context.journal.hold(() => {
      let reply: Reply | LateReply;
      try {
        reply = run();
      } catch (error) {
        return this.#conclude(exchange, refusedOutcome(error, exchange));
      }
      if (typeof reply !== 'function') return this.#conclude(exchange, { reply });
      return new Promise((resolve) => reply((late) => resolve(settled(late))));
    });
  }

  /** Writes the answer, and records the request before what it has brought about. */
  #conclude(exchange: Exchange, outcome: Outcome): WireResponse {
    const { clock, journal, faults, hints, accounts } = this.#context;
    const { request, requestId, startedAtMs, endpoint, operation, names, plan, heldMs } = exchange;
    const { tenant } = endpoint;
    const failure = 'failure' in outcome ? outcome.failure : undefined;
    // What a fault has refused says nothing about the client.
    if (failure !== undefined && plan === undefined) {
      const wallMs = clock.wall.now();
      hints.observe({ kind: 'refused', service: 'mns', code: failure.code, request, tenant, nowMs: wallMs });
    }
    const tookMs = Math.max(0, clock.now() - startedAtMs);
    const date = this.#dates.write(clock.wall.now());
    const written = 'instead' in outcome ? outcome.instead : writeReply(outcome.reply, { requestId, date, tookMs });
    const arriving = plan === undefined ? written : spoiledReply(written, plan.onReply, faults);
    const { failures, firstCode } = 'instead' in outcome ? NO_FAILURES : outcome.reply;
    journal.lead({
      kind: 'request',
      service: 'mns',
      operation,
      status: outcome.reply.status,
      code: failure?.code ?? firstCode,
      failures,
      requestId,
      queueName: names.queue,
      topicName: names.topic,
      subscriptionName: names.subscription,
      tenant: accounts.tenantLabel(tenant),
      tookMs: tookMs > 0 ? tookMs : undefined,
      heldMs: heldMs > 0 ? heldMs : undefined,
      broken: arriving.broken,
    });
    return arriving;
  }

  /** What is checked before the body is looked into: sender, then integrity, then names (spec mns §1.8). */
  #check(
    request: WireRequest,
    resource: string,
    { tenant }: Endpoint,
    { names }: Route,
    { skewMs, isExpired }: ArrivalFaults,
  ): void {
    const { accounts, clock } = this.#context;
    authenticate(request, resource, tenant, accounts, this.#dates, clock.wall.now() + skewMs, clock.now() + skewMs);
    if (isExpired) throw new RequestRefused('InvalidSecurityToken');
    const contentMd5 = headerOf(request, 'content-md5');
    if (contentMd5 !== undefined && !fitsContentMd5(contentMd5, request.body))
      throw new RequestRefused('InvalidDigest');
    for (const kind of KINDS) {
      const name = names[kind];
      const failure = name === undefined ? undefined : checkName(kind, name);
      if (failure !== undefined) throw new RequestRefused(failure);
    }
  }
}

/** Anything but a refusal is a fault of ours; whoever called still deserves an answer. */
function refusedOutcome(error: unknown, { requestId, endpoint }: Exchange): Outcome {
  const failure: Failure = error instanceof RequestRefused ? error.failure : { code: 'InternalError' };
  if (!(error instanceof RequestRefused)) process.emitWarning(error instanceof Error ? error : String(error));
  return { reply: errorReply(failure, requestId, endpointUrl(endpoint)), failure };
}

/** What a plan refuses a request with: an error of the service, or the page of somebody before it. */
function refusalOf({ refusal }: RequestPlan): ProvokedCode | WireResponse | undefined {
  switch (refusal?.kind) {
    case undefined:
      return undefined;
    case 'throttle':
      return 'QpsLimitExceeded';
    case 'server-error':
      return refusal.status === undefined || refusal.status === 500 ? 'InternalError' : gatewayPage(refusal.status);
    case 'refuse':
      return isProvokedCode(refusal.code) ? refusal.code : undefined;
  }
}
