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
import { errorReply, writeReply, type Reply } from './reply.js';
import { RequestBody } from './request-body.js';
import { requestId } from './request-id.js';
import { RequestRefused } from './request-refused.js';
import { checkQueryNames, readTarget } from './request-target.js';
import { findRoute, type Route } from './routes.js';

/** The name under which the journal has requests that ask for nothing known. */
export const UNKNOWN_OPERATION = 'Unknown';

const NOBODY: FaultSubject = {};

const NO_NAMES: Route['names'] = {};

const KINDS: readonly ResourceKind[] = ['queue', 'topic', 'subscription'];

interface Answer {
  readonly reply: Reply;
  readonly operation: string;
  readonly names: Route['names'];
  /** As the journal names it. */
  readonly tenant: string | undefined;
  readonly failure?: Failure;
  /** What faults do to the request. */
  readonly plan?: RequestPlan | undefined;
  /** What arrives instead of a reply of the service. */
  readonly instead?: WireResponse;
  /** How long the profile has held the request back, in milliseconds. */
  readonly heldMs?: number;
}

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
    const { clock, journal, faults, hints } = this.#context;
    const startedAtMs = clock.now();
    const id = requestId(startedAtMs, this.#requestIds);
    const { reply, operation, names, tenant, failure, plan, instead, heldMs = 0 } = await this.#answer(request, id);
    const { status } = reply;
    // What a fault has refused says nothing about the client.
    if (failure !== undefined && plan === undefined) {
      const { tenant: asked } = endpointOf(request, this.#context.accounts.defaultTenant);
      hints.observe({
        kind: 'refused',
        service: 'mns',
        code: failure.code,
        request,
        tenant: asked,
        nowMs: clock.wall.now(),
      });
    }
    const nowMs = clock.now();
    const tookMs = Math.max(0, nowMs - startedAtMs);
    const written = instead ?? writeReply(reply, { requestId: id, date: this.#dates.write(clock.wall.now()), tookMs });
    const arriving = plan === undefined ? written : spoiledReply(written, plan.onReply, faults);
    journal.record({
      kind: 'request',
      service: 'mns',
      operation,
      status,
      code: failure?.code,
      requestId: id,
      queueName: names.queue,
      topicName: names.topic,
      subscriptionName: names.subscription,
      tenant,
      tookMs: tookMs > 0 ? tookMs : undefined,
      heldMs: heldMs > 0 ? heldMs : undefined,
      broken: arriving.broken,
    });
    return arriving;
  }

  async #answer(request: WireRequest, id: string): Promise<Answer> {
    const endpoint = endpointOf(request, this.#context.accounts.defaultTenant, this.#scheme);
    let operation = UNKNOWN_OPERATION;
    let told: Route['names'] = NO_NAMES;
    const tenant = this.#context.accounts.tenantLabel(endpoint.tenant);
    let plan: RequestPlan | undefined;
    let heldMs = 0;
    try {
      const body = new RequestBody(request.body);
      const target = readTarget(request.target);
      if (this.#isStrict) checkQueryNames(target);
      const route = findRoute(request.method, target, body);
      if (route === undefined) throw new RequestRefused('InvalidRequestURL');
      operation = route.operation.name;
      told = route.names;
      const { faults } = this.#context;
      const { queue: queueName = '', topic: topicName = '', subscription: subscriptionName = '' } = route.names;
      const names = { queueName, topicName, subscriptionName };
      const subject = faults.isEmpty ? NOBODY : { service: 'mns', operation, ...endpoint.tenant, ...names };
      this.#check(request, target.resource, endpoint, route, arrivalFaults(faults, subject));
      const provoked = this.#refuse?.({ operation, ...endpoint.tenant, ...names });
      if (provoked !== undefined) throw new RequestRefused(provoked);
      if (this.#manner !== undefined) {
        const mns = this.#mnsOf(endpoint.tenant);
        const held = await this.#manner.hold(
          heldCall(operation, { mns, queueName, query: target.query, body, request }),
        );
        heldMs = held.paceMs;
        if (held.isThrottled) throw new RequestRefused('TooManyRequests');
      }
      plan = requestPlan(faults, subject, isProvokedCode);
      if (plan !== undefined) {
        await waitForPlan(plan, this.#context.clock, faults);
        if (plan.isReset)
          return {
            reply: { status: NO_ANSWER.status },
            operation,
            names: told,
            tenant,
            plan,
            instead: NO_ANSWER,
            heldMs,
          };
        const refusal = refusalOf(plan);
        if (typeof refusal === 'string') throw new RequestRefused(refusal);
        if (refusal !== undefined) {
          return { reply: { status: refusal.status }, operation, names: told, tenant, plan, instead: refusal, heldMs };
        }
      }
      const mns = this.#mnsOf(endpoint.tenant);
      const call = { endpoint, mns, ...names, request, query: target.query, body, heldMs };
      return { reply: await route.operation.run(call), operation, names: told, tenant, plan, heldMs };
    } catch (error) {
      // Anything but a refusal is a fault of ours; whoever called still deserves an answer.
      const failure: Failure = error instanceof RequestRefused ? error.failure : { code: 'InternalError' };
      if (!(error instanceof RequestRefused)) process.emitWarning(error instanceof Error ? error : String(error));
      const reply = errorReply(failure, id, endpointUrl(endpoint));
      return { reply, operation, names: told, tenant, failure, plan, heldMs };
    }
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
