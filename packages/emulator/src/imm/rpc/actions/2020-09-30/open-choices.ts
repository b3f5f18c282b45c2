import type { OpenChoice } from '../../../../open-choice.js';
import { MAX_MESSAGE_BYTES } from './event-text.js';
import { ENGINE_CONCURRENCY, PROJECT_QUERIES_PER_SECOND } from './project-record.js';
import { CURRENT_DURATIONS_MS } from './task-kinds.js';

/** What the public facts about the actions of 2020-09-30 leave open. */
export const imm2020OpenChoices: readonly OpenChoice[] = [
  {
    topic: 'imm 2020 actions',
    question: 'Which actions of 2020-09-30 are there?',
    choice:
      'Those around projects and tasks, every creator of a task, typed results, the indexing of files, and creating, reading, listing and deleting triggers and batches. All others – datasets and their contents, queries, detection, previews, bindings, GenerateVideoPlaylist, GenerateWebofficeToken, and updating, suspending and resuming triggers and batches – tell of no task’s end, or are in no source with their fields; they are answered with 404 InvalidAction.NotFound, unless imm.replies says what they answer, and a hint says so.',
    source: 'spec imm §4.1',
  },
  {
    topic: 'imm 2020 requests',
    question: 'Which error does a parameter give that is missing, bad, or no JSON?',
    choice:
      '400 InvalidArgument, “The parameter X is required but not provided.” or “The parameter X is not valid: …”; 400 “InvalidJSON Array parsing error,X” for text that should be JSON and is none. What is missing is told before what is bad.',
    source: 'spec imm §1.8',
  },
  {
    topic: 'imm 2020 requests',
    question: 'May JSON parameters come flattened, as Notification.MNS.TopicName?',
    choice: 'No: such names are unknown parameters, and ignored like all of them.',
    source: 'spec imm §1.2, §1.6',
  },
  {
    topic: 'imm 2020 requests',
    question: 'Are parameters refused that make no sense together?',
    choice:
      'TargetURI and TargetURIPrefix exclude each other, SourceURI or Sources must be there, EndPage may not come before StartPage, one transport per Notification. All others are checked for themselves, and have no effect; templates in TargetURI are not filled in.',
    source: 'spec imm §4.2',
  },
  {
    topic: 'imm 2020 requests',
    question: 'Does a dataset, a cluster or an object have to exist?',
    choice: 'No. A dataset’s name follows the rule for projects.',
    source: 'spec imm §4.2',
  },
  {
    topic: 'imm 2020 projects',
    question: 'What do ProjectQueriesPerSecond, EngineConcurrency and the counts say?',
    choice: `${PROJECT_QUERIES_PER_SECOND} and ${ENGINE_CONCURRENCY}, and nothing is limited by them; the counts are 0, also with WithStatistics. Times are RFC 3339 in UTC with the fraction trimmed.`,
    source: 'spec imm §4.5',
  },
  {
    topic: 'imm 2020 projects',
    question: 'When is a project in use?',
    choice: 'While a task, trigger or batch of it has not ended: DeleteProject answers StatusConflict.',
    source: 'spec imm §4.5',
  },
  {
    topic: 'imm 2020 tasks',
    question: 'How long do tasks run?',
    choice: `${CURRENT_DURATIONS_MS.short} ms for single images, searches and file meta, ${CURRENT_DURATIONS_MS.long} ms for moderation, labels and highlights of videos, ${CURRENT_DURATIONS_MS.usual} ms for all others, unless an option says otherwise.`,
    source: 'spec imm §5',
  },
  {
    topic: 'imm 2020 tasks',
    question: 'Which members has a task that has not ended, or has succeeded?',
    choice:
      'EndTime is absent until the end, Code and Message unless it failed, UserData and Tags when not given; Progress is 100 after a success and 0 before, and after a failure. StartTime is when it leaves the queue, before that when it was submitted.',
    source: 'spec imm §4.4',
  },
  {
    topic: 'imm 2020 tasks',
    question: 'How does ListTasks sort and page?',
    choice:
      'Equal times by id; what has not ended comes before all that has. NextToken is opaque, and stays right while tasks come and go. Time ranges include both ends.',
    source: 'spec imm §4.4',
  },
  {
    topic: 'imm 2020 tasks',
    question: 'What does a typed result tell before its task has ended, or after it failed?',
    choice: 'The members that GetTask has, but Progress and Tags, and no result.',
    source: 'spec imm §4.4',
  },
  {
    topic: 'imm 2020 events',
    question: 'What do contents have beside the common members?',
    choice:
      'Sources and Targets of MediaConvert, SimilarFaces of FacesSearching, ModerationResult, Labels, and Content of blind watermarks, each derived from the request alone; others nothing, as after a failure. EventSourceId is the empty string.',
    source: 'spec imm §3.3',
  },
  {
    topic: 'imm 2020 events',
    question: 'What are id and time of a message?',
    choice: 'The EventId of the create reply, and the end of the task in milliseconds.',
    source: 'spec imm §3.3',
  },
  {
    topic: 'imm 2020 events',
    question: `What if a message is larger than ${MAX_MESSAGE_BYTES} bytes?`,
    choice:
      'Every list in its content is cut to the longest length, 1024 or half of that and so on, with which it fits.',
    source: 'spec imm §3.1',
  },
  {
    topic: 'imm 2020 events',
    question: 'What happens to a file that cannot be indexed?',
    choice:
      'The event succeeds, and has “[Code] message” beside each of its files. All files of one request share a fate. The event has no RequestId.',
    source: 'spec imm §3.3',
  },
  {
    topic: 'imm 2020 events',
    question: 'What happens to a notification by RocketMQ?',
    choice:
      'It is accepted; the event is lost, and the journal says why. ExtendedMessageURI is accepted, and nothing is written there.',
    source: 'spec imm §3.1, §4.2',
  },
  {
    topic: 'imm 2020 events',
    question: 'Are the flat notify parameters of 2022 still taken?',
    choice: 'Yes, when there is no Notification; NotifyEndpoint may be left out.',
    source: 'spec imm §0, §4.2',
  },
  {
    topic: 'imm 2020 triggers and batches',
    question: 'What does a trigger or batch do?',
    choice:
      'A trigger runs until it is deleted, and does nothing by itself; a batch succeeds after a while and tells so with ProjectName, Id and State. Neither reads a bucket.',
    source: 'spec imm §3.3, §4.2',
  },
  {
    topic: 'imm 2020 events',
    question: 'Are events sent to EventBridge?',
    choice: 'No. The bus reads CloudEvents from there all the same.',
    source: 'spec imm §3.4',
  },
];
