/** A request that the admin API refused, in its own words. */
export class ApiRefusal extends Error {
  readonly status: number;
  /** As the API calls it; `UNREACHABLE` when there was no answer. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Whether a request was refused for its token: it lacks, is another one, or there have been many wrong ones. */
export function isForToken({ status }: ApiRefusal): boolean {
  return status === 401 || status === 429;
}

/** What goes into a query; what is absent stays away. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** Where the admin API is. */
const PREFIX = '/_emulator';

/** Where the token is kept: no longer than the tab. */
const TOKEN_KEY = 'mnsbus-token';

/** Calls the admin API of the server that the page came from. */
export class ApiClient {
  /** The token that goes with every request; absent until somebody has typed it. */
  get token(): string | undefined {
    return sessionStorage.getItem(TOKEN_KEY) ?? undefined;
  }

  keepToken(token: string): void {
    sessionStorage.setItem(TOKEN_KEY, token);
  }

  /** Rejects with an {@link ApiRefusal}. */
  async get<T>(path: string, query: Query = {}): Promise<T> {
    return bodyOf(await this.send('GET', path, { query }));
  }

  /** Rejects with an {@link ApiRefusal}. */
  async post<T>(path: string, body: object = {}): Promise<T> {
    return bodyOf(await this.send('POST', path, { body }));
  }

  /** Rejects with an {@link ApiRefusal}. */
  async put<T>(path: string, body: object): Promise<T> {
    return bodyOf(await this.send('PUT', path, { body }));
  }

  /** Rejects with an {@link ApiRefusal}. */
  async remove(path: string): Promise<void> {
    await this.send('DELETE', path);
  }

  /** Every item of a list that comes in pages. Rejects with an {@link ApiRefusal}. */
  async all<T>(path: string, query: Query = {}): Promise<readonly T[]> {
    const items: T[] = [];
    let marker: string | undefined;
    do {
      const page: { readonly items: readonly T[]; readonly nextMarker?: string } = await this.get(path, {
        ...query,
        marker,
      });
      items.push(...page.items);
      marker = page.nextMarker;
    } while (marker !== undefined);
    return items;
  }

  /** The response of a success; its body is not read yet. Rejects with an {@link ApiRefusal}. */
  async send(
    method: string,
    path: string,
    {
      query = {},
      body,
      signal,
    }: { readonly query?: Query; readonly body?: object; readonly signal?: AbortSignal } = {},
  ): Promise<Response> {
    const { token } = this;
    const headers = {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    };
    const given = Object.entries(query).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]],
    );
    const text = new URLSearchParams(given).toString();
    const url = `${PREFIX}${path}${text === '' ? '' : `?${text}`}`;
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const reply = await fetch(url, { ...init, ...(signal === undefined ? {} : { signal }) }).catch((cause: unknown) => {
      throw new ApiRefusal(0, 'UNREACHABLE', cause instanceof Error ? cause.message : String(cause));
    });
    if (reply.ok) return reply;
    throw await refusalOf(reply);
  }
}

async function refusalOf(reply: Response): Promise<ApiRefusal> {
  // What stands between may answer with something else.
  const body: { readonly error?: { readonly code: string; readonly message: string } } = await reply
    .json()
    .catch(() => ({}));
  return new ApiRefusal(reply.status, body.error?.code ?? 'UNEXPECTED', body.error?.message ?? reply.statusText);
}

/** The body, which the API's document says is of this type. */
async function bodyOf<T>(reply: Response): Promise<T> {
  const body: T = await reply.json();
  return body;
}
