import type { OpenChoice } from '../open-choice.js';
import { IDEMPOTENCY_MS, TASK_RETENTION_MS } from './model/task-book.js';
import { PUBLISH_RETRIES, PUBLISH_RETRY_DELAY_MS } from './model/task-engine.js';
import { PUBLISH_LAG_MS } from './script/event-script.js';
import { DEFAULT_FAILURE_MESSAGE } from './script/task-decision.js';

/** What the public facts leave open about tasks and their events, whatever the API version. */
export const taskOpenChoices: readonly OpenChoice[] = [
  {
    topic: 'imm tasks',
    question: 'How long does a task wait before it runs?',
    choice: 'Not at all, unless an option says otherwise. A task that waits reports Running.',
    source: 'spec imm §2.8, §5',
  },
  {
    topic: 'imm tasks',
    question: 'Which tasks fail, which are slow, and which never end?',
    choice: `Those with a source whose path has a segment fail-{Code}, slow-{ms} or hold: oss://bucket/fail-ConvertTimeout/a.docx. This is the emulator’s own convention. The message of such a failure is "${DEFAULT_FAILURE_MESSAGE}", which the service says with InternalError.`,
    source: 'spec imm §1.8, §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'What does a repeated request with the same IdempotentToken get?',
    choice: `For ${IDEMPOTENCY_MS / 1000} s, while the record exists: the first reply with a new RequestId. The same token with other parameters makes a new task.`,
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'What happens to a task that outlives its record?',
    choice: `Records vanish ${TASK_RETENTION_MS / 86_400_000} days after the task was created; a task that has not ended then vanishes without an event.`,
    source: 'spec imm §2.8, §5',
  },
  {
    topic: 'imm tasks',
    question: 'What happens to a running task that is deleted?',
    choice: 'Its record goes and no event comes. The event of a task that has ended is published all the same.',
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'What if a function that the emulator was given for its tasks throws?',
    choice:
      'The creating request is answered with 500 InternalError and creates nothing. The journal says script-failed, and the process is warned.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm events',
    question: 'When is an event published?',
    choice: 'Only after the record of the task is final, and exactly once, unless an option disturbs it.',
    source: 'spec imm §5',
  },
  {
    topic: 'imm events',
    question: 'How long after eventTime does an event reach its topic?',
    choice: `${PUBLISH_LAG_MS.least}–${PUBLISH_LAG_MS.most} ms, evenly spread; three captured messages had 179, 293 and 321.`,
    source: 'spec imm §5',
  },
  {
    topic: 'imm events',
    question: 'Is the text of a message base64?',
    choice: 'No, it is plain UTF-8 JSON.',
    source: 'spec imm §3.1',
  },
  {
    topic: 'imm events',
    question: 'What if publishing fails?',
    choice: `It is tried again ${PUBLISH_RETRIES} times, ${PUBLISH_RETRY_DELAY_MS} ms apart; then the event is dropped. The task’s result stands.`,
    source: 'spec imm §5',
  },
  {
    topic: 'imm events',
    question: 'Which topic does NotifyEndpoint mean?',
    choice:
      'One of the task’s own account and region. An MNS address of another account or region loses the event at once; any other text, such as the emulator’s own address, is taken for the task’s own. It is not checked when the task is created.',
    source: 'spec imm §2.2',
  },
];
