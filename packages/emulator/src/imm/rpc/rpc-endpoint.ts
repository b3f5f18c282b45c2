import type { SeededRandom, WireRequest, WireResponse } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import type { FaultSubject } from '../../faults/faults.js';
import {
  NO_ANSWER,
  arrivalFaults,
  gatewayPage,
  requestPlan,
  spoiledReply,
  waitForPlan,
  type RequestPlan,
} from '../../faults/request-faults.js';
import type { EmulatorContext } from '../../runtime/context.js';
import type { Tenant } from '../../runtime/accounts.js';
import { noteWithin } from '../../runtime/note-change.js';
import type { Replies } from '../replies/replies.js';
import type { ApiVersion, RpcAction } from './api-version.js';
import { Authentication } from './authentication.js';
import { FieldReader } from './field-reader.js';
import { pathOf, readParameters, type RpcParameters } from './parameters.js';
import type { RpcClaims } from './proof.js';
import { isProvokedImmCode, provokedFault, type ImmCall, type ProvokedImmFault } from './provoked-fault.js';
import { errorReply, replyFormat, successReply, type RpcFormat } from './reply.js';
import {
  RpcFault,
  actionNotFound,
  internalError,
  invalid,
  methodNotSupported,
  securityTokenExpired,
  serviceUnavailable,
  tooManyParameters,
  unreadableParameters,
} from './rpc-fault.js';
import { regionOfHost, serviceHost } from './service-host.js';
import { UsedNonces } from './used-nonces.js';

// A host name, an address, an IPv6 address in brackets, with or without a port.
const PLAIN_HOST = /^[\w.\-:[\]]{1,255}$/;

/** A request, and how it is answered. */
interface Exchange {
  readonly request: WireRequest;
  readonly claims: RpcClaims;
  readonly requestId: string;
  readonly format: RpcFormat;
}

/** A call whose sender is known, and what it asks for. */
interface Accepted {
  readonly call: ImmCall;
  readonly action: RpcAction;
}

/** Refuses a call with the error that it returns, before anything has changed; `undefined` lets it pass. */
export type RefuseCall = (call: ImmCall) => ProvokedImmFault | undefined;

/** What stands beside the actions of an RPC service. */
export interface RpcSettings {
  /** What actions are answered by a script. */
  readonly replies: Pick<Replies, 'actionFor'>;
  /** Default refuses nothing. */
  readonly refuse?: RefuseCall | undefined;
  /** Lets happen what has fallen due. */
  readonly settle: () => void;
}

/** The one URL of an RPC service: knows who calls, finds the action, and writes the reply. */
export class RpcEndpoint {
  readonly #context: EmulatorContext;
  readonly #authentication: Authentication;
  readonly #requestIds: SeededRandom;
  readonly #versions: ReadonlyMap<string, ApiVersion>;
  readonly #settings: RpcSettings;
  #closed = false;

  constructor(context: EmulatorContext, versions: readonly ApiVersion[], settings: RpcSettings) {
    this.#context = context;
    this.#settings = settings;
    this.#authentication = new Authentication(context.accounts, new UsedNonces(noteWithin(context.note, 'nonces')));
    this.#requestIds = context.random.fork('imm-request-ids');
    this.#versions = new Map(versions.map((version) => [version.version, version]));
  }

  /** Which nonces cannot be used again. */
  get nonces(): UsedNonces {
    return this.#authentication.nonces;
  }

  /** Answers one request, at once unless a fault delays it; never throws. */
  handle(request: WireRequest): WireResponse | Promise<WireResponse> {
    const requestId = this.#requestIds.uuid().toUpperCase();
    const { parameters, complete, excess } = readParameters(request);
    const claims = claimsOf(request, parameters);
    const exchange: Exchange = { request, claims, requestId, format: replyFormat(request, parameters) };
    try {
      if (excess !== undefined) throw tooManyParameters(excess);
      if (!complete) throw unreadableParameters();
      const accepted = this.#accept(exchange);
      const plan = requestPlan(this.#context.faults, subjectOf(accepted), isProvokedImmCode);
      if (plan === undefined) return this.#answer(exchange, () => this.#carryOut(exchange, accepted));
      return this.#answerFaultily(exchange, accepted, plan);
    } catch (error) {
      return this.#refused(exchange, error);
    }
  }

  /** From here on every request is answered with `ServiceUnavailable`. */
  close(): void {
    this.#closed = true;
  }

  async #answerFaultily(exchange: Exchange, accepted: Accepted, plan: RequestPlan): Promise<WireResponse> {
    const { faults, clock } = this.#context;
    await waitForPlan(plan, clock, faults);
    if (plan.isReset) return this.#told(exchange, NO_ANSWER);
    const refusal = refusalOf(plan);
    if (refusal !== undefined && 'body' in refusal) return this.#told(exchange, refusal);
    return this.#answer(
      exchange,
      () => {
        if (refusal !== undefined) throw provokedFault(refusal, accepted.call);
        return this.#carryOut(exchange, accepted);
      },
      (reply) => spoiledReply(reply, plan.onReply, faults),
    );
  }

  #answer(
    exchange: Exchange,
    carryOut: () => object,
    arriving: (reply: WireResponse) => WireResponse = (reply) => reply,
  ): WireResponse {
    // Before the request, because it does not bring that about.
    this.#settings.settle();
    return this.#context.journal.hold(() => this.#carriedOut(exchange, carryOut, arriving));
  }

  #carriedOut(
    exchange: Exchange,
    carryOut: () => object,
    arriving: (reply: WireResponse) => WireResponse,
  ): WireResponse {
    try {
      const { format, claims, requestId } = exchange;
      return this.#told(exchange, arriving(successReply(format, claims.action ?? '', requestId, carryOut())));
    } catch (error) {
      return this.#refused(exchange, error, arriving);
    }
  }

  #refused(
    exchange: Exchange,
    error: unknown,
    arriving: (reply: WireResponse) => WireResponse = (reply) => reply,
  ): WireResponse {
    const { request, requestId, format } = exchange;
    const fault = faultOf(error);
    const { accounts, clock, hints } = this.#context;
    const tenant: Tenant = { ...accounts.defaultTenant, region: this.#regionOf(request) };
    hints.observe({ kind: 'refused', service: 'imm', code: fault.code, request, tenant, nowMs: clock.wall.now() });
    const reply = arriving(errorReply(format, fault, { requestId, hostId: this.#hostId(request) }));
    return this.#told(exchange, reply, fault.code);
  }

  /** Records the answer, before what the request has brought about, and hands it on. */
  #told({ claims, requestId }: Exchange, reply: WireResponse, code?: string): WireResponse {
    const project = projectIn(claims.parameters);
    this.#context.journal.lead({
      kind: 'request',
      service: 'imm',
      operation: claims.action ?? '',
      status: reply.status,
      ...(code === undefined ? {} : { code }),
      requestId,
      ...(project === '' ? {} : { project }),
      ...(reply.broken === undefined ? {} : { broken: reply.broken }),
    });
    return reply;
  }

  /** Finds out who calls, and what for, in the order of spec imm §1.9. */
  #accept({ request, claims }: Exchange): Accepted {
    if (this.#closed) throw serviceUnavailable();
    if (request.method !== 'GET' && request.method !== 'POST') throw methodNotSupported();
    const { clock, faults } = this.#context;
    const region = this.#regionOf(request);
    const name = claims.action ?? '';
    const project = projectIn(claims.parameters);
    const { skewMs, isExpired } = arrivalFaults(faults, { service: 'imm', operation: name, region, project });
    const { accountId } = this.#authentication.authenticate(claims, clock.wall.now() + skewMs, clock.now() + skewMs);
    if (isExpired) throw securityTokenExpired();

    const version = this.#versions.get(claims.version ?? '');
    if (version === undefined) throw invalid('Version');
    if (pathOf(request.target) !== '/') throw actionNotFound();
    const call: ImmCall = { action: name, apiVersion: version.version, tenant: { accountId, region }, project };
    const action = this.#settings.replies.actionFor(call, version.actions.get(name));
    if (action !== undefined) return { action, call };
    this.#context.hints.observe({ kind: 'action-unanswered', apiVersion: version.version, action: name });
    throw actionNotFound();
  }

  #carryOut({ claims, requestId }: Exchange, { action, call }: Accepted): object {
    // It may have been closed, and the time may have moved, while a fault held the request up.
    if (this.#closed) throw serviceUnavailable();
    const provoked = this.#settings.refuse?.(call);
    if (provoked !== undefined) throw provokedFault(provoked, call);
    const fields = new FieldReader(claims.parameters);
    const { clock } = this.#context;
    const times = { nowMs: clock.now(), wallMs: clock.wall.now() };
    return action({ fields, tenant: call.tenant, ...times, requestId });
  }

  #regionOf(request: WireRequest): string {
    return regionOfHost(headerOf(request, 'host') ?? '') ?? this.#context.accounts.defaultTenant.region;
  }

  #hostId(request: WireRequest): string {
    const host = headerOf(request, 'host') ?? '';
    return PLAIN_HOST.test(host) ? host : serviceHost(this.#context.accounts.defaultTenant.region);
  }
}

function projectIn(parameters: RpcParameters): string {
  return parameters.get('Project') ?? parameters.get('ProjectName') ?? '';
}

function claimsOf(request: WireRequest, parameters: RpcParameters): RpcClaims {
  const claim = (name: string, header: string): string | undefined => {
    const value = parameters.get(name);
    const claimed = value === undefined || value === '' ? headerOf(request, header) : value;
    return claimed === '' ? undefined : claimed;
  };
  return {
    request,
    parameters,
    action: claim('Action', 'x-acs-action'),
    version: claim('Version', 'x-acs-version'),
  };
}

function subjectOf({ call: { action, tenant, project } }: Accepted): FaultSubject {
  return { service: 'imm', operation: action, ...tenant, project };
}

/** What a plan refuses a request with: an error of the service, or the page of somebody before it. */
function refusalOf({ refusal }: RequestPlan): Exclude<ProvokedImmFault, string> | WireResponse | undefined {
  switch (refusal?.kind) {
    case undefined:
      return undefined;
    case 'throttle': {
      const { retryAfterMs } = refusal;
      return { code: 'Throttling.User', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    case 'server-error':
      return refusal.status === undefined || refusal.status === 500
        ? { code: 'InternalError' }
        : gatewayPage(refusal.status);
    case 'refuse':
      return isProvokedImmCode(refusal.code) ? { code: refusal.code } : undefined;
  }
}

function faultOf(error: unknown): RpcFault {
  if (error instanceof RpcFault) return error;
  // The reply must not tell what the real service would not tell, so whoever runs the emulator is told here.
  process.emitWarning(error instanceof Error ? error : String(error));
  return internalError();
}
