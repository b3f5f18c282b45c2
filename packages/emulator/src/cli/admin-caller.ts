import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { MnsbusError } from '@mnsbus/core';
import { invalidArgument } from '@mnsbus/core/internal';
import { ADMIN_API_VERSION, ADMIN_PREFIX, ADMIN_VERSION_HEADER } from '../admin/admin-address.js';
import { DEFAULT_ENDPOINT, type ConnectionFlags } from './connection-flags.js';
import { EmulatorRefused } from './emulator-refused.js';
import { mayFindToken, startedToken } from './started-token.js';

/** How long a connection to an emulator may be silent, in milliseconds: long enough for what an emulator has to work out. */
const SILENCE_MS = 120_000;

/** Calls the admin API of a running emulator. */
export class AdminCaller {
  /** Its base URL. */
  readonly endpoint: string;
  readonly #flags: ConnectionFlags;
  #token: Promise<string | undefined> | undefined;

  /** Throws `INVALID_ARGUMENT` for an endpoint that is no URL, and a token that no emulator has. */
  constructor(flags: ConnectionFlags) {
    const { endpoint = DEFAULT_ENDPOINT, token } = flags;
    if (!URL.canParse(endpoint) || !/^https?:/i.test(endpoint)) {
      throw invalidArgument('--endpoint', `a URL such as ${DEFAULT_ENDPOINT}`, endpoint);
    }
    this.endpoint = withoutSlashes(endpoint);
    // The token itself is not shown.
    if (token !== undefined && !/^[!-~]+$/.test(token))
      throw invalidArgument('--token', 'visible ASCII characters', undefined);
    this.#flags = flags;
  }

  /** The reply to a GET. Rejects as {@link send}. */
  get<Reply>(path: string): Promise<Reply> {
    return this.#call('GET', path);
  }

  /**
   * The reply to a request with a body, `{}` unless told otherwise.
   *
   * Rejects with `EMULATOR_UNREACHABLE` when no emulator answers, with {@link EmulatorRefused} when one refuses, and with
   * `CONFIG_INVALID` when one wants a token and the file that could say it cannot be read.
   */
  send<Reply>(method: 'POST' | 'PUT', path: string, body: object = {}): Promise<Reply> {
    return this.#call(method, path, JSON.stringify(body));
  }

  /** The reply to a DELETE. Rejects as {@link send}. */
  remove<Reply>(path: string): Promise<Reply> {
    return this.#call('DELETE', path);
  }

  async #call<Reply>(method: string, path: string, body?: string): Promise<Reply> {
    this.#token ??= this.#findToken();
    const { status, version, text: answer } = await this.#request(method, path, body, await this.#token);
    if (version !== ADMIN_API_VERSION) throw this.#unreachable(stranger(version, answer));
    // What bears this version's number is what its document says.
    if (status === 200) return JSON.parse(answer);
    const { error }: { readonly error: { readonly code: string; readonly message: string } } = JSON.parse(answer);
    throw new EmulatorRefused(error.code, error.message);
  }

  /** The token of the flag, else one that is found here; only if it is asked for, so that most commands read no file. */
  async #findToken(): Promise<string | undefined> {
    const { token, config } = this.#flags;
    if (token !== undefined || !mayFindToken(this.endpoint, config, process.env)) return token;
    const { status } = await this.#request('GET', '/health');
    return status === 401 ? startedToken(config, process.env) : undefined;
  }

  // Not by fetch: of Node.js 20, it never settles when the server hangs up at once.
  #request(method: string, path: string, body?: string, token?: string): Promise<RawReply> {
    const url = `${this.endpoint}${ADMIN_PREFIX}${path}`;
    const headers = {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    };
    const request = /^https:/i.test(url) ? requestHttps : requestHttp;
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void => reject(this.#unreachable(reasonOf(error), error));
      let hasBegun = false;
      const sent = request(url, { method, headers, agent: false, timeout: SILENCE_MS }, (reply) => {
        hasBegun = true;
        text(reply).then(
          (all) => resolve({ status: reply.statusCode ?? 0, version: versionOf(reply), text: all }),
          fail,
        );
      });
      sent.on('error', fail);
      sent.once('timeout', () => sent.destroy(new Error(`it has not answered for ${SILENCE_MS / 1000} seconds`)));
      // Without an error, when what answers there changes to another protocol. A reply that has begun ends by itself.
      sent.once('close', () => {
        if (!hasBegun) fail(new Error('it ended the connection without an answer'));
      });
      sent.end(body);
    });
  }

  #unreachable(reason: string, cause?: unknown): MnsbusError<'EMULATOR_UNREACHABLE'> {
    return new MnsbusError({
      code: 'EMULATOR_UNREACHABLE',
      message: `no emulator at ${this.endpoint}: ${reason}`,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

function withoutSlashes(endpoint: string): string {
  let end = endpoint.length;
  while (endpoint[end - 1] === '/') end -= 1;
  return endpoint.slice(0, end);
}

interface RawReply {
  readonly status: number;
  /** The number of its admin API, if it says one. */
  readonly version: string | undefined;
  readonly text: string;
}

function versionOf({ headers }: IncomingMessage): string | undefined {
  return headers[ADMIN_VERSION_HEADER.toLowerCase()]?.toString();
}

/** Who answers, if not the admin API of this version. */
function stranger(version: string | undefined, answer: string): string {
  if (version !== undefined) {
    return `it is another version, whose admin API is number ${version} and not ${ADMIN_API_VERSION}: use its own mns-emulator`;
  }
  // The namespace of every reply of MNS.
  const isMns = answer.includes('mns.aliyuncs.com/doc/v1');
  return isMns
    ? 'it has no admin API: it was started with --no-admin, or where other machines can connect and without --admin-token'
    : 'what answers there is something else';
}

const REASONS: Readonly<Partial<Record<string, string>>> = {
  ECONNREFUSED:
    'nothing listens there; "mns-emulator start" starts one, --endpoint or MNS_EMULATOR_ENDPOINT says where another is',
  ENOTFOUND: 'there is no such host',
  EPROTO: 'it does not speak HTTPS; try http://',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted; set NODE_EXTRA_CA_CERTS as its start has said',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted; set NODE_EXTRA_CA_CERTS as its start has said',
  ECONNRESET: 'it hung up; with the other of http:// and https:// it may answer',
  HPE_INVALID_CONSTANT: 'what answers there is no web server',
};

/** Why there was no answer at all. */
function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  return REASONS[code] ?? message;
}
