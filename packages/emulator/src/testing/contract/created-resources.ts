import { answered } from './answered.js';
import type { ContractRequest, ContractTarget } from './contract-target.js';
import { deleteQueue, deleteTopic } from './requests.js';

/** A target that remembers what was created through it, so that nothing is left behind, whatever fails. */
export class CreatedResources {
  /** The same target, watched. */
  readonly target: ContractTarget;
  /** How many calls were made. */
  requests = 0;
  readonly #remove = new Map<string, ContractRequest>();

  constructor(target: ContractTarget) {
    this.target = {
      ...target,
      call: (request) => {
        this.requests += 1;
        this.#note(request);
        return target.call(request);
      },
    };
  }

  /** Removes everything; rejects with the first failure, after it has tried all. */
  async removeAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const [resource, request] of this.#remove) {
      try {
        await answered(this.target, this.target.call(request));
        this.#remove.delete(resource);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  // Noted before the call: its answer may be lost, and the resource be there.
  #note({ operation, method, resource }: ContractRequest): void {
    const name = resource.split('/').at(-1) ?? '';
    if (operation === 'CreateQueue') this.#remove.set(resource, deleteQueue(name));
    else if (operation === 'CreateTopic') this.#remove.set(resource, deleteTopic(name));
    else if (method === 'DELETE') this.#remove.delete(resource);
  }
}
