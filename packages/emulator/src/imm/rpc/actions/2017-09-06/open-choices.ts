import type { OpenChoice } from '../../../../open-choice.js';
import { DERIVED_PAGES } from '../../../document-pages.js';
import { FACE_JOB_DURATION_MS } from './face-jobs.js';
import { INDEXING_DURATION_MS } from './indexing.js';
import { SYNC_CONVERSION_LIMIT_MS, SYNC_TIMEOUT_CODE } from './office-conversion.js';
import { OFFICE_DURATION_MS, OFFICE_EVENT_NAME, OFFICE_TASK_ID_PREFIX } from './office-conversion-kind.js';
import { DEFAULT_BILLING_TYPE, DEFAULT_CAPACITY_UNITS, DEFAULT_PROJECT_TYPE } from './projects.js';
import { LEGACY_REGIONS, PROJECT_TYPES } from './service-actions.js';
import { DEFAULT_GRAB_TYPE, SNAPSHOT_DURATION_MS, VIDEO_DURATION_MS } from './video-kinds.js';

/** What the public facts about the actions of 2017-09-06 leave open. */
export const imm2017OpenChoices: readonly OpenChoice[] = [
  {
    topic: 'imm 2017 actions',
    question: 'Which actions of 2017-09-06 are there?',
    choice:
      'Those around projects, document conversion, video tasks, face jobs and the indexing of images and videos. All others – sets and their contents, detection, previews, watermarks, and what was gone by 2021 – tell of no task’s end, or are in no source with their fields; they are answered with 404 InvalidAction.NotFound, unless imm.replies says what they answer, and a hint says so.',
    source: 'spec imm §2.1, §2.7',
  },
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
      'At once, with its tasks; those that run end without an event. With projectDeletion: next-morning its name stays blocked until 06:00 in Beijing: GetProject does not find it, everything else in it gives InvalidProject.Deleting.',
    source: 'spec imm §2.3, §10.5',
  },
  {
    topic: 'imm projects',
    question: 'What do DescribeRegions, ListProjectAPIs and OpenImmService answer?',
    choice: `The ${LEGACY_REGIONS.length} regions of the legacy version, each with ${PROJECT_TYPES.join(', ')}; the names of all actions that are emulated; an order id of fifteen digits, and nothing is ordered.`,
    source: 'spec imm §2.3',
  },
  {
    topic: 'imm lists',
    question: 'Is Marker itself part of the page?',
    choice: 'No: a page starts after it, and NextMarker is the last name or id of the page before.',
    source: 'spec imm §2.2',
  },
  {
    topic: 'imm tasks',
    question: 'How long do the tasks of 2017-09-06 run?',
    choice: `Document conversions ${OFFICE_DURATION_MS} ms, video tasks ${VIDEO_DURATION_MS}, frame grabs and image processing ${SNAPSHOT_DURATION_MS}, face jobs ${FACE_JOB_DURATION_MS}, indexing ${INDEXING_DURATION_MS}, after the few durations that are known of like tasks. The analysis of a stream runs until StopStreamAnalyseTask, which lets it succeed.`,
    source: 'spec imm §3.3, §5',
  },
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
    question: 'What is FinishTime, or EndTime, of a failed task?',
    choice: 'The empty string, as of a running one. ExternalID and ImageSpec always are.',
    source: 'spec imm §2.4, §2.5',
  },
  {
    topic: 'imm tasks',
    question: 'How many pages does a document have?',
    choice: `${DERIVED_PAGES.fewest}–${DERIVED_PAGES.most}, always the same for the same SrcUri, unless an option says otherwise; StartPage, EndPage and TgtFilePages select from them.`,
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'What does ConvertOfficeFormat answer when the conversion fails or takes too long?',
    choice: `400 with the code of the failure, or with ${SYNC_TIMEOUT_CODE} when it would run longer than ${SYNC_CONVERSION_LIMIT_MS} ms. It answers at once: no time passes.`,
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm tasks',
    question: 'What does Get answer when the record has vanished?',
    choice: '400 InvalidTask.NotFound, for tasks and jobs.',
    source: 'spec imm §2.8',
  },
  {
    topic: 'imm tasks',
    question: 'Which members does a video task need?',
    choice:
      'Those without which there is nothing to do: VideoUri, StreamUri or ImageUri; TargetList of frame grabs and image processing; Images and TargetUri of VideoProduce; Parameters of MediaComplex. TargetSubtitle may be an object or a list of them.',
    source: 'spec imm §2.5',
  },
  {
    topic: 'imm tasks',
    question: 'What do Parameters, Result and ErrorMessage of a video task or face job say?',
    choice:
      'Parameters: the request without project and notification, VideoUri as SrcUri, with RequestId and TaskType, keys sorted. Result: {"Key":"…"} around the JSON text of what is known, {} for face jobs. ErrorMessage: {Code}:{message}.',
    source: 'spec imm §2.5, §2.6',
  },
  {
    topic: 'imm tasks',
    question: 'What if StopStreamAnalyseTask comes too late?',
    choice: '400 InvalidTask.Finished, and nothing changes.',
    source: 'spec imm §2.5',
  },
  {
    topic: 'imm tasks',
    question: 'What does a second face job on a busy set get, and what do lists call the jobs?',
    choice: '400 InvalidSet.Processing, whichever of the two kinds it is. ListImageJobs calls them Jobs.',
    source: 'spec imm §2.6',
  },
  {
    topic: 'imm tasks',
    question: 'Does a set have to exist?',
    choice: 'No: sets are not emulated, and any id is accepted. A script finds face jobs by it.',
    source: 'spec imm §2.6, §2.7',
  },
  {
    topic: 'imm events',
    question: 'When does a task of 2017-09-06 have an event?',
    choice: 'Only with both NotifyEndpoint and NotifyTopicName.',
    source: 'spec imm §2.4',
  },
  {
    topic: 'imm events',
    question: 'What does the event of a failed conversion look like?',
    choice: `The same name ${OFFICE_EVENT_NAME}, code as in FailDetail, percent and pageCount "0". UserData is in no event.`,
    source: 'spec imm §3.2',
  },
  {
    topic: 'imm events',
    question: 'What is in the event of a job, beside ErrorCode and JobId?',
    choice: `CustomMessage when the request had one; of CompressVideoTask and GrabFrameTask, Results with Success and TargetUri per target; of GrabFrameTask also GrabType, "${DEFAULT_GRAB_TYPE}" when the request names none, and GrabDuration, one second per image. After a failure GrabDuration is "0" and Success "false".`,
    source: 'spec imm §3.2',
  },
  {
    topic: 'imm events',
    question: 'What is in the event of an indexed image or video?',
    choice: 'ErrorCode, SetId, and ImageUri or VideoUri: there is no task id.',
    source: 'spec imm §3.2',
  },
];
