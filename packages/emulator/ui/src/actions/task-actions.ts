import { readMembers } from '../model/json-members.js';
import type { Page } from '../page.js';

const pathOf = (taskId: string, verb: string): string => `/tasks/${encodeURIComponent(taskId)}/${verb}`;

/** Asks what a task shall succeed with. */
export function askFinish(page: Page, taskId: string): void {
  const { say } = page;
  page.ask({
    title: say('finishTask', { id: taskId }),
    submit: say('finish'),
    fields: [{ name: 'result', label: say('finishResult'), kind: 'area', help: say('optional') }],
    act: async ({ result = '' }) => {
      const members = readMembers(result, say('notAnObject'));
      await page.api.post(pathOf(taskId, 'finish'), result.trim() === '' ? {} : { result: members });
      return say('finishDone', { id: taskId });
    },
  });
}

/** Asks how a task shall fail. */
export function askFail(page: Page, taskId: string): void {
  const { say } = page;
  page.ask({
    title: say('failTask', { id: taskId }),
    submit: say('fail'),
    isDangerous: true,
    fields: [
      { name: 'code', label: say('code'), kind: 'line', value: 'ConvertTimeout', isRequired: true },
      { name: 'message', label: say('failMessage'), kind: 'line', help: say('optional') },
    ],
    act: async ({ code = '', message = '' }) => {
      await page.api.post(pathOf(taskId, 'fail'), { code, ...(message === '' ? {} : { message }) });
      return say('failDone', { id: taskId });
    },
  });
}

/** Lets a task run until it is ended by hand. */
export function hold(page: Page, taskId: string): Promise<void> {
  return page.act(async () => {
    await page.api.post(pathOf(taskId, 'hold'));
    return page.say('holdDone', { id: taskId });
  });
}
