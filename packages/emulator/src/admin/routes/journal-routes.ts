import { z } from 'zod';
import { AdminRefusal } from '../admin-error.js';
import { adminRoute, type AdminRoute } from '../admin-route.js';
import { JournalStream, isChosen } from '../journal-stream.js';

/** Most streams that are fed at once. */
export const MAX_STREAMS = 32;

/** Most entries of a page, and as many as it has unless fewer are asked for. */
export const MAX_ENTRIES = 1000;

/** What every entry has beside the members of its kind. */
interface EntryView {
  readonly sequence: number;
  readonly atMs: number;
  readonly kind: string;
}

const entry: z.ZodType<EntryView> = z
  .looseObject({ sequence: z.int().min(1), atMs: z.number(), kind: z.string() })
  .meta({ id: 'JournalEntry', description: 'Something that happened; its other members depend on its kind' });

const optional = z.exactOptional;
const sequence = z.coerce.number().int().min(0);
const choice = {
  kind: optional(z.string()).meta({ description: 'Only entries of this kind' }),
  taskId: optional(z.string()),
  messageId: optional(z.string()),
  queueName: optional(z.string()),
  topicName: optional(z.string()),
} as const;

/** What happened inside: in pages, and as it happens. */
export const journalRoutes: readonly AdminRoute[] = [
  adminRoute(
    {
      method: 'GET',
      path: '/journal',
      id: 'listJournal',
      summary: 'Lists what happened: the last entries, or those after a number',
      input: z.strictObject({
        ...choice,
        since: optional(sequence).meta({ description: 'Only entries after this one, oldest first; default: the last' }),
        limit: optional(z.coerce.number().int().min(1).max(MAX_ENTRIES)).meta({ description: 'Default 1000' }),
      }),
      reply: z.object({
        items: z.array(entry).readonly(),
        lastSequence: z.int().min(0).meta({ description: 'The number of the last entry there is' }),
        firstSequence: z
          .int()
          .min(1)
          .meta({ description: 'The number of the oldest entry that is kept, or the first to come' }),
      }),
    },
    ({ since, limit = MAX_ENTRIES, ...wanted }, { target: { journal } }) => {
      const chosen = journal.after(since ?? 0).filter((one) => isChosen(one, wanted));
      const [oldest] = journal.after(0, 1);
      return {
        items: since === undefined ? chosen.slice(-limit) : chosen.slice(0, limit),
        lastSequence: journal.length,
        firstSequence: oldest?.sequence ?? journal.length + 1,
      };
    },
  ),
  adminRoute(
    {
      method: 'GET',
      path: '/journal/stream',
      id: 'streamJournal',
      summary: 'Tells what happens as server-sent events, after Last-Event-ID or since, or from now on',
      input: z.strictObject({ ...choice, since: optional(sequence) }),
      reply: z.never(),
      replyType: 'text/event-stream',
      refusals: [503],
    },
    ({ since, ...wanted }, { target: { journal }, machine, streams, signal, header }) => {
      const resumed = sequence.safeParse(header('Last-Event-ID') ?? since);
      if (streams.open >= MAX_STREAMS) {
        const expected = `at most ${MAX_STREAMS} streams`;
        throw new AdminRefusal(503, 'TOO_MANY_STREAMS', { expected, received: 'one more' });
      }
      streams.open += 1;
      const stream = new JournalStream({
        journal,
        choice: wanted,
        since: resumed.success ? resumed.data : journal.length,
        machine,
        signal,
        onEnd: () => {
          streams.open -= 1;
        },
      });
      const headers = { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' };
      return new Response(stream.readable(), { headers: { ...headers, 'X-Content-Type-Options': 'nosniff' } });
    },
  ),
];
