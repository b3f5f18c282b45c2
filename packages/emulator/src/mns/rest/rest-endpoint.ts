import type { WireRequest, WireResponse } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import type { SeededRandom } from '@mnsbus/core';
import type { Tenant } from '../../runtime/accounts.js';
import type { EmulatorContext } from '../../runtime/context.js';
import type { Failure } from '../failure.js';
import type { MnsSettings } from '../mns-options.js';
import type { MnsTenant } from '../mns-tenant.js';
import { checkName, type ResourceKind } from '../model/resource-name.js';
import { authenticate } from './authentication.js';
import { fitsContentMd5 } from './content-md5.js';
import { endpointOf, endpointUrl, type Endpoint } from './endpoint.js';
import { HttpDate } from './http-date.js';
import { errorReply, writeReply, type Reply } from './reply.js';
import { RequestBody } from './request-body.js';
import { requestId } from './request-id.js';
import { RequestRefused } from './request-refused.js';
import { checkQueryNames, readTarget } from './request-target.js';
import { findRoute, type Route } from './routes.js';

/** The name under which the journal has requests that ask for nothing known. */
export const UNKNOWN_OPERATION = 'Unknown';

const KINDS: readonly ResourceKind[] = ['queue', 'topic', 'subscription'];

interface Answer {
  readonly reply: Reply;
  readonly operation: string;
  readonly names: Names;
  readonly failure?: Failure;
}

/** What a request is about, as the journal has it. */
interface Names {
  readonly queueName?: string;
  readonly topicName?: string;
  readonly subscriptionName?: string;
  readonly tenant?: string;
}

/** The HTTP side of MNS: takes requests apart, checks them in the service's order, and writes replies. */
export class RestEndpoint {
  readonly #context: EmulatorContext;
  readonly #requestIds: SeededRandom;
  readonly #dates = new HttpDate();
  readonly #isStrict: boolean;
  readonly #mnsOf: (tenant: Tenant) => MnsTenant;
  readonly #refuse: MnsSettings['refuse'];

  constructor(
    context: EmulatorContext,
    mnsOf: (tenant: Tenant) => MnsTenant,
    { strictQueryNames, refuse }: Pick<MnsSettings, 'strictQueryNames' | 'refuse'>,
  ) {
    this.#isStrict = strictQueryNames;
    this.#refuse = refuse;
    this.#context = context;
    this.#requestIds = context.random.fork('mns/request-ids');
    this.#mnsOf = mnsOf;
  }

  /** Answers one request and records it. Never rejects. */
  async handle(request: WireRequest): Promise<WireResponse> {
    const { clock, journal } = this.#context;
    const startedAtMs = clock.now();
    const id = requestId(startedAtMs, this.#requestIds);
    const { reply, operation, names, failure } = await this.#answer(request, id);
    const { status } = reply;
    const nowMs = clock.now();
    const code = failure === undefined ? {} : { code: failure.code };
    const took = nowMs > startedAtMs ? { tookMs: nowMs - startedAtMs } : {};
    journal.record({ kind: 'request', service: 'mns', operation, status, ...code, requestId: id, ...names, ...took });
    return writeReply(reply, { requestId: id, date: this.#dates.write(nowMs) });
  }

  async #answer(request: WireRequest, id: string): Promise<Answer> {
    const endpoint = endpointOf(request, this.#context.accounts.defaultTenant);
    let operation = UNKNOWN_OPERATION;
    let told: Names = {};
    try {
      const body = new RequestBody(request.body);
      const target = readTarget(request.target);
      if (this.#isStrict) checkQueryNames(target);
      const route = findRoute(request.method, target, body);
      if (route === undefined) throw new RequestRefused('InvalidRequestURL');
      operation = route.operation.name;
      told = this.#namesOf(route, endpoint);
      this.#check(request, target.resource, endpoint, route);
      const { queue: queueName = '', topic: topicName = '', subscription: subscriptionName = '' } = route.names;
      const names = { queueName, topicName, subscriptionName };
      const provoked = this.#refuse?.({ operation, ...endpoint.tenant, ...names });
      if (provoked !== undefined) throw new RequestRefused(provoked);
      const mns = this.#mnsOf(endpoint.tenant);
      const call = { endpoint, mns, ...names, request, query: target.query, body };
      return { reply: await route.operation.run(call), operation, names: told };
    } catch (error) {
      // Anything but a refusal is a fault of ours; whoever called still deserves an answer.
      const failure: Failure = error instanceof RequestRefused ? error.failure : { code: 'InternalError' };
      if (!(error instanceof RequestRefused)) process.emitWarning(error instanceof Error ? error : String(error));
      return { reply: errorReply(failure, id, endpointUrl(endpoint)), operation, names: told, failure };
    }
  }

  #namesOf({ names: { queue, topic, subscription } }: Route, { tenant }: Endpoint): Names {
    const label = this.#context.accounts.tenantLabel(tenant);
    return {
      ...(queue === undefined ? {} : { queueName: queue }),
      ...(topic === undefined ? {} : { topicName: topic }),
      ...(subscription === undefined ? {} : { subscriptionName: subscription }),
      ...(label === undefined ? {} : { tenant: label }),
    };
  }

  /** What is checked before the body is looked into: sender, then integrity, then names (spec mns §1.8). */
  #check(request: WireRequest, resource: string, { tenant }: Endpoint, { names }: Route): void {
    const { accounts, clock } = this.#context;
    authenticate(request, resource, tenant, accounts, this.#dates, clock.now());
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
