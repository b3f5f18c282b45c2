import type { SeededRandom, WireRequest, WireResponse } from '@mnsbus/core';
import { headerOf } from '@mnsbus/core/internal';
import type { Tenant } from '../../runtime/accounts.js';
import type { EmulatorContext } from '../../runtime/context.js';
import type { ApiVersion } from './api-version.js';
import { Authentication } from './authentication.js';
import { FieldReader } from './field-reader.js';
import { pathOf, readParameters, type RpcParameters } from './parameters.js';
import type { RpcClaims } from './proof.js';
import { provokedFault, type ImmCall, type ProvokedImmFault } from './provoked-fault.js';
import { errorReply, replyFormat, successReply } from './reply.js';
import {
  RpcFault,
  actionNotFound,
  internalError,
  invalid,
  methodNotSupported,
  serviceUnavailable,
  unreadableParameters,
} from './rpc-fault.js';
import { regionOfHost, serviceHost } from './service-host.js';

// A host name, an address, an IPv6 address in brackets, with or without a port.
const PLAIN_HOST = /^[\w.\-:[\]]{1,255}$/;

interface Carried {
  readonly action: string;
  readonly result: object;
}

/** Refuses a call with the error that it returns, before anything has changed; `undefined` lets it pass. */
export type RefuseCall = (call: ImmCall) => ProvokedImmFault | undefined;

/** The one URL of an RPC service: knows who calls, finds the action, and writes the reply. */
export class RpcEndpoint {
  readonly #context: EmulatorContext;
  readonly #authentication: Authentication;
  readonly #requestIds: SeededRandom;
  readonly #versions: ReadonlyMap<string, ApiVersion>;
  readonly #refuse: RefuseCall;
  #closed = false;

  constructor(context: EmulatorContext, versions: readonly ApiVersion[], refuse: RefuseCall = () => undefined) {
    this.#context = context;
    this.#refuse = refuse;
    this.#authentication = new Authentication(context.accounts);
    this.#requestIds = context.random.fork('imm-request-ids');
    this.#versions = new Map(versions.map((version) => [version.version, version]));
  }

  /** Answers one request; never throws. */
  handle(request: WireRequest): WireResponse {
    const requestId = this.#requestIds.uuid().toUpperCase();
    const { parameters, complete } = readParameters(request);
    const format = replyFormat(request, parameters);
    const claims = claimsOf(request, parameters);
    const project = projectIn(parameters);
    const told = {
      service: 'imm',
      operation: claims.action ?? '',
      requestId,
      ...(project === '' ? {} : { project }),
    } as const;
    try {
      if (!complete) throw unreadableParameters();
      const { action, result } = this.#carryOut(request, claims, requestId);
      this.#context.journal.record({ kind: 'request', status: 200, ...told });
      return successReply(format, action, requestId, result);
    } catch (error) {
      const fault = faultOf(error);
      const { status, code } = fault;
      this.#context.journal.record({ kind: 'request', status, code, ...told });
      return errorReply(format, fault, { requestId, hostId: this.#hostId(request) });
    }
  }

  /** From here on every request is answered with `ServiceUnavailable`. */
  close(): void {
    this.#closed = true;
  }

  /** The order of the checks is that of spec imm §1.9. */
  #carryOut(request: WireRequest, claims: RpcClaims, requestId: string): Carried {
    if (this.#closed) throw serviceUnavailable();
    if (request.method !== 'GET' && request.method !== 'POST') throw methodNotSupported();
    const nowMs = this.#context.clock.now();
    const { accountId } = this.#authentication.authenticate(claims, nowMs);

    const version = this.#versions.get(claims.version ?? '');
    if (version === undefined) throw invalid('Version');
    const name = claims.action ?? '';
    const action = version.actions.get(name);
    if (action === undefined || pathOf(request.target) !== '/') throw actionNotFound();

    const tenant: Tenant = { accountId, region: this.#regionOf(request) };
    const project = projectIn(claims.parameters);
    const call: ImmCall = { action: name, apiVersion: version.version, tenant, project };
    const provoked = this.#refuse(call);
    if (provoked !== undefined) throw provokedFault(provoked, call);
    return { action: name, result: action({ fields: new FieldReader(claims.parameters), tenant, nowMs, requestId }) };
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

function faultOf(error: unknown): RpcFault {
  if (error instanceof RpcFault) return error;
  // The reply must not tell what the real service would not tell, so whoever runs the emulator is told here.
  process.emitWarning(error instanceof Error ? error : String(error));
  return internalError();
}
