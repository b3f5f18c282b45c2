import type { ContractTarget } from './contract-target.js';

/** How far virtual time moves at a time while an answer is awaited, in milliseconds. */
const STEP_MS = 5;

/** Awaits an answer; where that takes virtual time, by moving it. */
export async function answered<T>({ capabilities, sleep }: ContractTarget, answer: Promise<T>): Promise<T> {
  const { answersTakeTime = false, virtualTime } = capabilities;
  if (!answersTakeTime || !virtualTime) return answer;
  const open = new Set([answer]);
  const close = (): void => void open.delete(answer);
  answer.then(close, close);
  for (let stepMs = 0; open.size > 0; stepMs = STEP_MS) await sleep(stepMs);
  return answer;
}
