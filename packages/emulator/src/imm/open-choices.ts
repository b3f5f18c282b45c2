import type { OpenChoice } from '../open-choice.js';
import { DERIVED_PAGES } from './conversion-outcome.js';
import { IDEMPOTENCY_MS, TASK_RETENTION_MS } from './model/imm-2017-model.js';
import { OFFICE_EVENT_NAME } from './model/office-task.js';
import { PUBLISH_RETRIES, PUBLISH_RETRY_DELAY_MS } from './model/task-engine.js';
import {
  DEFAULT_BILLING_TYPE,
  DEFAULT_CAPACITY_UNITS,
  DEFAULT_PROJECT_TYPE,
} from './rpc/actions/2017-09-06/projects.js';
import { TIMESTAMP_WINDOW_MS } from './rpc/timestamp.js';
import { OFFICE_TASK_ID_PREFIX, PUBLISH_LAG_MS } from './task-draws.js';

/** What the public facts about IMM leave open, and what the emulator does there. */
export const immOpenChoices: readonly OpenChoice[] = [
  // reading requests
  {
    topic: 'imm requests',
    question: 'What happens to parameters that an action does not know?',
    choice: 'They are signed like all others, and ignored. So are ModelId, ImageSpec and ExternalID.',
    source: 'spec imm §1.2, §2.4',
  },
  {
    topic: 'imm requests',
    question: 'Which value counts when a name occurs twice in one place?',
    choice: 'The last one; a form body comes after the query.',
    source: 'spec imm §1.2',
  },
  {
    topic: 'imm requests',
    question: 'How is form text decoded, and what if it cannot be?',
    choice:
      '+ is a space in query and body. A broken escape, or bytes that are no UTF-8, give 400 InvalidParameter before any other check.',
    source: 'spec imm §1.2',
  },
  {
    topic: 'imm requests',
    question: 'Is a body looked at that says it is no form?',
    choice: 'No. Without a Content-Type it is read as a form.',
    source: 'spec imm §1.2',
  },
  {
    topic: 'imm requests',
    question: 'What does an empty value mean?',
    choice:
      'A common parameter counts as absent, a required one of an action gives InvalidParameter.{Param}.Empty, an optional one counts as not given.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm requests',
    question: 'Which methods and paths are there?',
    choice: 'GET and POST, else 405 UnsupportedHTTPMethod; the path /, else 404 InvalidAction.NotFound.',
    source: 'spec imm §1.1, §1.8',
  },
  {
    topic: 'imm requests',
    question: 'Which spellings of Timestamp are accepted?',
    choice: 'YYYY-MM-DDTHH:mm:ssZ, also with a fraction of a second, also without Z; always UTC.',
    source: 'spec imm §1.2',
  },
  // identity
  {
    topic: 'imm signatures',
    question: 'In which order are requests checked?',
    choice:
      'Method, AccessKeyId present, other common parameters present, key known, signature method and version, timestamp form, timestamp window, signature, nonce, version, action, required parameters, values, resources.',
    source: 'spec imm §1.9',
  },
  {
    topic: 'imm signatures',
    question: 'How long is a nonce remembered?',
    choice: `Per access key, for as long as its timestamp could be accepted: ${TIMESTAMP_WINDOW_MS / 60_000} minutes from the request or from its timestamp, whichever is later. A request whose signature is wrong uses up no nonce.`,
    source: 'spec imm §1.9',
  },
  {
    topic: 'imm signatures',
    question: 'Which error does an unknown SignatureVersion give?',
    choice: '400 InvalidSignatureVersion, by the pattern of InvalidVersion.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm signatures',
    question: 'When is a signature incomplete rather than wrong?',
    choice: 'When it is not the base64 form of 20 bytes.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm signatures',
    question: 'Not yet: signatures ACS3-HMAC-SHA256 and its siblings, bearer tokens, key pairs.',
    choice: 'They are answered with 400 InvalidSignatureMethod.',
    source: 'spec imm §1.5',
  },
  {
    topic: 'imm signatures',
    question: 'What does the message of MissingSecurityToken say in full?',
    choice: 'SecurityToken is required for this action.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm versions',
    question: 'Not yet: API version 2020-09-30, and the actions of 2017-09-06 beside projects and document conversion.',
    choice: 'They are answered with 400 InvalidVersion and 404 InvalidAction.NotFound.',
    source: 'spec imm §2.1, §4.1',
  },
  // replies
  {
    topic: 'imm replies',
    question: 'Which format does a reply have when the request names none?',
    choice: 'JSON with an ACS3 signature or with Accept: application/json, else XML.',
    source: 'spec imm §0.8, §1.7',
  },
  {
    topic: 'imm replies',
    question: 'Which headers does a reply have?',
    choice:
      'Content-Type application/json;charset=utf-8 or text/xml;charset=utf-8, Content-Length, and x-acs-request-id equal to RequestId.',
    source: 'spec imm §1.7',
  },
  {
    topic: 'imm replies',
    question: 'How does XML write a list?',
    choice:
      'An element of the list’s name holds one element per member, named in the singular: <Tasks><Task>…</Task></Tasks>. The official Java client reads exactly that shape, whatever the inner name.',
    source: 'spec imm §1.7, §10.3',
  },
  {
    topic: 'imm replies',
    question: 'What is HostId?',
    choice:
      'The Host header as sent, or imm.{region}.aliyuncs.com when it is absent or malformed. Recommend is left out.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm replies',
    question: 'What about characters that XML cannot carry?',
    choice: 'A text parameter that has one is refused with InvalidParameter.{Param}.WrongFormat, whatever the format.',
    source: 'spec imm §1.7',
  },
  // errors
  {
    topic: 'imm errors',
    question: 'Which error does an absent parameter give, of two documented ones?',
    choice: 'Missing{Param}, for common parameters and for those of an action.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm errors',
    question: 'Which of the documented errors does a bad value give?',
    choice:
      'InvalidParameter.{Param}.WrongFormat when it cannot be read as what it should be, InvalidParameter.{Param} when it lies outside its range or list; InvalidMaxKeys for MaxKeys.',
    source: 'spec imm §1.8',
  },
  // projects
  {
    topic: 'imm projects',
    question: 'What does a second PutProject with the same name do?',
    choice: '400 InvalidProject.AlreadyExists; the project stays as it is.',
    source: 'spec imm §2.3',
  },
  {
    topic: 'imm projects',
    question: 'What do Type, CU and BillingType read as when none was given?',
    choice: `Type ${DEFAULT_PROJECT_TYPE}, CU ${DEFAULT_CAPACITY_UNITS}, BillingType ${DEFAULT_BILLING_TYPE}. Any Type is accepted and given back.`,
    source: 'spec imm §2.3',
  },
  {
    topic: 'imm projects',
    question: 'When is a deleted project gone?',
    choice:
      'At once, with its tasks; those that run end without an event. The real service needs until the next morning.',
    source: 'spec imm §2.3',
  },
  {
    topic: 'imm lists',
    question: 'Is Marker itself part of the page?',
    choice: 'No: a page starts after it, and NextMarker is the last name or id of the page before.',
    source: 'spec imm §2.2',
  },
  // tasks
  {
    topic: 'imm tasks',
    question: 'What does the id of a document conversion look like?',
    choice: `${OFFICE_TASK_ID_PREFIX}{UUID}, as since 2020; in 2018 it was a bare UUID.`,
    source: 'spec imm §2.2',
  },
  {
    topic: 'imm tasks',
    question: 'Is TgtType required, and does its case matter?',
    choice: 'It is required; its case does not matter, and replies have it in lower case.',
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'What is TgtLoc?',
    choice: 'TgtUri, with a slash at its end.',
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'Are parameters refused that make no sense with the TgtType or the source?',
    choice: 'No: they are checked for themselves, and have no effect. Nothing is converted, and no object is read.',
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'Is an EndPage before the StartPage refused?',
    choice: 'Yes, with InvalidParameter.EndPage. The default EndPage is never refused; it may select no page.',
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'What does a repeated request with the same IdempotentToken get?',
    choice: `For ${IDEMPOTENCY_MS / 1000} s, while the record exists: the first reply with a new RequestId. The same token with other parameters makes a new task.`,
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'What is FinishTime of a failed task?',
    choice: 'The empty string, as of a running one. ExternalID and ImageSpec always are.',
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'How many pages does a document have?',
    choice: `${DERIVED_PAGES.fewest}–${DERIVED_PAGES.most}, always the same for the same SrcUri, unless an option says otherwise; StartPage, EndPage and TgtFilePages select from them.`,
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'Which documents fail?',
    choice:
      'Those whose path has a segment fail-{Code}, with that code: oss://bucket/fail-ConvertTimeout/a.docx. This is the emulator’s own convention.',
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'What does Get answer when the record has vanished?',
    choice: `400 InvalidTask.NotFound, ${TASK_RETENTION_MS / 86_400_000} days after the task was created. A task that still runs then vanishes without an event.`,
    source: 'spec imm §2.8',
  },
  {
    topic: 'imm tasks',
    question: 'What happens to a running task that is deleted?',
    choice: 'Its record goes and no event comes. The event of a task that has ended is published all the same.',
    source: 'spec imm §2.4',
  },
  // events
  {
    topic: 'imm events',
    question: 'When is an event published?',
    choice: 'Only with both NotifyEndpoint and NotifyTopicName, and only after the record of the task is final.',
    source: 'spec imm §2.4, §5',
  },
  {
    topic: 'imm events',
    question: 'How long after eventTime does an event reach its topic?',
    choice: `${PUBLISH_LAG_MS.least}–${PUBLISH_LAG_MS.most} ms, evenly spread; three captured messages had 179, 293 and 321.`,
    source: 'spec imm §5',
  },
  {
    topic: 'imm events',
    question: 'What does the event of a failed conversion look like?',
    choice: `The same name ${OFFICE_EVENT_NAME}, code as in FailDetail, percent and pageCount "0". UserData is in no event.`,
    source: 'spec imm §3.2',
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
