import type { HistoryCall, Point } from '../history/history.js';
import type { ContractReply, ContractRequest, ContractTarget } from './contract-target.js';

/** How one call went: the reply, or `undefined` when none came, and its points. */
export interface RecordedCall {
  readonly reply: ContractReply | undefined;
  readonly span: Pick<HistoryCall, 'client' | 'invoked' | 'returned' | 'arrived' | 'answered'>;
}

/** What stands between a client and the target: it may hold up a request or a reply. Default nothing. */
export type Passage = (what: string) => Promise<void>;

/** Calls a target on behalf of clients, and writes down what each was told, and when. */
export class HistoryRecorder {
  readonly #target: ContractTarget;
  readonly #passage: Passage;
  readonly #calls: HistoryCall[] = [];
  #openCalls = 0;
  #order = 0;

  constructor(target: ContractTarget, passage: Passage = async () => {}) {
    this.#target = target;
    this.#passage = passage;
  }

  get calls(): readonly HistoryCall[] {
    return this.#calls;
  }

  /** How many calls have not returned. */
  get openCalls(): number {
    return this.#openCalls;
  }

  /** Starts a call; `read` makes an entry of the history of it. Resolves when it is written down. */
  record(
    client: string,
    request: ContractRequest,
    read: (call: RecordedCall) => HistoryCall,
    isAnswerLost = false,
  ): Promise<void> {
    const written = async (): Promise<void> => {
      this.#calls.push(read(await this.#run(client, request, isAnswerLost)));
    };
    this.#openCalls += 1;
    return written().finally(() => {
      this.#openCalls -= 1;
    });
  }

  async #run(client: string, request: ContractRequest, isAnswerLost: boolean): Promise<RecordedCall> {
    const invoked = this.#point();
    await this.#passage(`${client}: ${request.operation}`);
    const arrived = this.#point();
    let reply: ContractReply | undefined;
    let answered: Point | undefined;
    try {
      reply = await this.#target.call(request);
      answered = this.#point();
    } catch {
      // Applied or not: nobody can tell. That is an outcome of its own.
    }
    await this.#passage(`${client}: the reply to ${request.operation}`);
    const returned = this.#point();
    const seen = this.#target.capabilities.inProcess ? { arrived, answered } : {};
    return { reply: isAnswerLost ? undefined : reply, span: { client, invoked, returned, ...seen } };
  }

  #point(): Point {
    this.#order += 1;
    return { order: this.#order, atMs: this.#target.now() };
  }
}
