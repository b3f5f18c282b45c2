import { createBridge } from '@mnsbus/bridge';
import { defineEvent, outcomeOf } from '@mnsbus/core';
import { z } from 'zod';
import { connection } from './connection.js';

// Any schema library with Standard Schema will do.
const shipped = defineEvent({ name: 'order:Shipped', schema: z.object({ orderId: z.string() }) });

export const bus = createBridge({ ...connection, events: [shipped] });
bus.on({
  'imm:Task:*': (event) => {
    const outcome = outcomeOf(event);
    if (outcome !== undefined) console.log(outcome.taskType, outcome.succeeded ? 'succeeded' : outcome.code);
  },
  'ObjectCreated:*': ({ data }) => console.log(`${data.object.key} has ${data.object.size} bytes`),
  'order:Shipped': ({ data }) => console.log(`order ${data.orderId} is on its way`),
  unknown: ({ eventName }) => console.log(`no type yet for ${eventName}`),
});
await bus.start();
