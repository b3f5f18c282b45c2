import type { WireRequest } from '@mnsbus/core';
import type { Step } from './draft.js';
import type { Failure } from './fuzz-requests.js';
import { openWorld } from './world.js';
import { wireRequest } from './signing.js';

/** A failure for people: what was wrong, how to see it again, and each step that it needs, as a command line. */
export async function report({ plan, steps, problem }: Failure): Promise<string> {
  const world = await openWorld(plan);
  const lines: string[] = [];
  let nowMs = world.now();
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'time') nowMs += step.ms;
    lines.push(lineOf(step, index, (draft) => wireRequest(draft, { keys: world.keys, nowMs, nonce: `${index}` })));
  }
  world.close();
  const { seed: _, ...options } = plan.options;
  return [
    problem.text,
    `again: MNSBUS_FUZZ_SESSION=${plan.seed} npm test -- packages/emulator/fuzz/requests`,
    `options: ${JSON.stringify(options)}`,
    ...lines,
  ].join('\n');
}

type SignedDraft = Parameters<typeof wireRequest>[0];

function lineOf(step: Step, index: number, sign: (draft: SignedDraft) => WireRequest): string {
  if (step.kind === 'time') return `${index}. ${step.ms} ms pass`;
  const { draft } = step;
  const { method, target, headers, body } =
    draft.door === 'admin' ? { ...draft, target: `/_emulator${draft.path}` } : sign(draft);
  const leaves = draft.door === 'mns' && draft.leaves ? ', whose client leaves' : '';
  return `${index}. ${draft.operation}${leaves}\n   ${curl({ method, target, headers, body })}`;
}

/** A request as a line for a shell; bytes that a terminal would not show stand as octal escapes. */
export function curl({
  method,
  target,
  headers,
  body,
}: Pick<WireRequest, 'method' | 'target' | 'headers' | 'body'>): string {
  const options = headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const origin = `--path-as-is -X ${quoted(method)} --request-target ${quoted(target)} http://127.0.0.1:9324/`;
  const sent = body.length === 0 ? '' : ' --data-binary @-';
  const bytes = body.length === 0 ? '' : `printf ${quoted(printfText(body))} | `;
  return `${bytes}curl -i ${[...options, origin].join(' ')}${sent}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function printfText(body: Uint8Array): string {
  return Array.from(body, (byte) => {
    if (byte === 0x25) return '%%';
    if (byte === 0x5c) return String.raw`\\`;
    return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
  }).join('');
}
