import * as fc from 'fast-check';
import type { Tampering } from '../contract-target.js';
import { sendMessage } from '../requests.js';
import { type ContractCommand, step } from './step.js';

const TAMPERED: readonly Tampering[] = ['method', 'resource', 'date', 'header', 'signature'];

// The body is covered through Content-MD5, and only where a client sends that; so it is not among these (spec mns §1.3).
const tampered = fc.constantFrom(...TAMPERED).map((tamper) =>
  step(
    `send with another ${tamper} than was signed`,
    async (world) => {
      const request = { ...sendMessage(world.queue.name, { body: 'x' }), tamper };
      await world.refuse('I21', request, new Set(['SignatureDoesNotMatch']));
    },
    (world) => world.target.capabilities.tampering,
  ),
);

/** Requests that were changed on their way. */
export const wireCommands: readonly fc.Arbitrary<ContractCommand>[] = [tampered];
