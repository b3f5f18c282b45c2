import { MnsbusError } from '@mnsbus/core';
import { z } from 'zod';
import type { Fault } from '../../faults/fault.js';
import { faultSchema } from '../../faults/fault-schema.js';
import type { FaultHandle } from '../../faults/faults.js';
import { adminRoute, type AdminRoute } from '../admin-route.js';
import { nothing } from '../admin-schemas.js';

/** A fault that was added, as JSON shows it. */
export type FaultView = Pick<FaultHandle, 'id' | 'fault' | 'appliedCount'>;

const fault: z.ZodType<Fault> = faultSchema.meta({
  id: 'Fault',
  description: 'What goes wrong, where, when, and how often',
});

const added: z.ZodType<FaultView> = z
  .object({
    id: z.string().meta({ description: 'Its name, or the one that it was given' }),
    fault,
    appliedCount: z.int().min(0).meta({ description: 'How many times it has struck' }),
  })
  .meta({ id: 'AddedFault' });

/** What goes wrong on purpose: look at it, add to it, take it away. */
export const faultRoutes: readonly AdminRoute[] = [
  adminRoute(
    {
      method: 'GET',
      path: '/faults',
      id: 'listFaults',
      summary: 'Lists the faults that were added and not removed, in the order of adding; those that have ended, too',
      input: nothing,
      reply: z.object({ items: z.array(added).readonly() }),
    },
    (_, { target }) => ({ items: target.faults.list().map(viewFault) }),
  ),
  adminRoute(
    {
      method: 'POST',
      path: '/faults',
      id: 'addFault',
      summary: 'Lets a fault strike from now on',
      input: z.strictObject({ fault }),
      reply: added,
    },
    (input, { target }) => {
      const handle = target.faults.add(input.fault);
      target.journal.record({ kind: 'operated', operation: 'add-fault', faultId: handle.id });
      return viewFault(handle);
    },
  ),
  adminRoute(
    {
      method: 'DELETE',
      path: '/faults',
      id: 'clearFaults',
      summary: 'Takes all faults away; what they have done stays',
      input: nothing,
      reply: z.object({ count: z.int().min(0) }),
    },
    (_, { target }) => {
      const { length: count } = target.faults.list();
      target.faults.clear();
      target.journal.record({ kind: 'operated', operation: 'remove-fault', count });
      return { count };
    },
  ),
  adminRoute(
    {
      method: 'DELETE',
      path: '/faults/{faultId}',
      id: 'removeFault',
      summary: 'Takes a fault away, and tells what it was; what it has done stays',
      input: z.strictObject({ faultId: z.string().min(1) }),
      reply: added,
      refusals: [404],
    },
    ({ faultId }, { target }) => {
      const handle = target.faults.list().find(({ id }) => id === faultId);
      if (handle === undefined) {
        throw new MnsbusError({ code: 'RESOURCE_NOT_FOUND', message: `there is no fault ${JSON.stringify(faultId)}` });
      }
      handle.remove();
      target.journal.record({ kind: 'operated', operation: 'remove-fault', faultId });
      return viewFault(handle);
    },
  ),
];

function viewFault({ id, fault: given, appliedCount }: FaultHandle): FaultView {
  return { id, fault: given, appliedCount };
}
