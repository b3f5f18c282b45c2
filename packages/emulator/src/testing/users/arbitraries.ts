import {
  md5Hex,
  taskCatalogue,
  type KnownEventName,
  type NotificationFormat,
  type TaskCatalogueEntry,
  knownEventNames,
} from '@mnsbus/core';
import { arbitraryEventText } from '@mnsbus/core/testing';
import * as fc from 'fast-check';
import type { TaskDecision } from '../../imm/script/task-decision.js';
import { notificationBody } from '../../mns/notification-body.js';
import { isXmlText } from '../../runtime/xml-text.js';

/** A task that an app might submit, and what shall become of it. */
export interface ArbitraryTask {
  /** What creates it, and what its event is called. */
  readonly kind: TaskCatalogueEntry;
  readonly sourceUri: string;
  /** For `decide` of the emulator's IMM options. */
  readonly decision: TaskDecision;
}

/** Which tasks are made up. */
export interface ArbitraryTaskOptions {
  /** Only of this version. Default of both. */
  readonly apiVersion?: TaskCatalogueEntry['apiVersion'];
  /** Longest that one runs, in milliseconds from 0. Default ten minutes. */
  readonly maxDurationMs?: number;
}

/** Tasks of any kind that succeed or fail after a while; their sources name files of all sorts, in any script. */
export function arbitraryTask(options: ArbitraryTaskOptions = {}): fc.Arbitrary<ArbitraryTask> {
  const { apiVersion, maxDurationMs = 600_000 } = options;
  const kinds = taskCatalogue.filter((kind) => apiVersion === undefined || kind.apiVersion === apiVersion);
  const failure = fc.record({
    code: fc.constantFrom('ConvertTimeout', 'InternalError', 'ResourceNotFound', 'SourceFileDamaged'),
    message: fc.constantFrom('unknown error', 'the file cannot be read', '文件已损坏'),
  });
  const decision: fc.Arbitrary<TaskDecision> = fc.record(
    { durationMs: fc.nat(maxDurationMs), queueDelayMs: fc.nat(1000), fail: failure },
    { requiredKeys: ['durationMs'] },
  );
  const name = fc.stringMatching(/^[a-z0-9_-]{1,20}$/);
  const extension = fc.constantFrom('docx', 'pptx', 'xlsx', 'pdf', 'mp4', 'jpg');
  const sourceUri = fc.tuple(name, extension).map(([file, ending]) => `oss://bucket/in/${file}.${ending}`);
  return fc.record({ kind: fc.constantFrom(...kinds), sourceUri, decision });
}

/** The body of a queue message as a topic delivers it. */
export interface ArbitraryNotification {
  readonly format: NotificationFormat;
  readonly body: string;
  /** The message inside, as it was published. */
  readonly message: string;
}

/** Which notifications are made up. */
export interface ArbitraryNotificationOptions {
  /** The messages inside. Default the texts of every known event, hostile text included. */
  readonly message?: fc.Arbitrary<string>;
  /** Only this format. Default any of the three. */
  readonly format?: NotificationFormat;
}

/** Notifications in any of the three formats, with or without a tag (spec mns §5.2–§5.4). */
export function arbitraryNotification(options: ArbitraryNotificationOptions = {}): fc.Arbitrary<ArbitraryNotification> {
  const { message = anyEventText(), format } = options;
  const formats: readonly NotificationFormat[] = format === undefined ? ['JSON', 'XML', 'SIMPLIFIED'] : [format];
  return fc
    .record({
      format: fc.constantFrom(...formats),
      // What XML cannot carry, no client can publish.
      message: message.filter((text) => isXmlText(text)),
      tag: fc.option(fc.stringMatching(/^[a-z]{1,16}$/), { nil: undefined }),
      id: fc.stringMatching(/^[0-9A-F]{32}$/),
      publishedAtMs: fc.integer({ min: 1_500_000_000_000, max: 2_000_000_000_000 }),
    })
    .map(({ format: chosen, message: text, tag, id, publishedAtMs }) => {
      const body = notificationBody(chosen, {
        topicOwner: '1000000000000001',
        topicName: 'imm-events',
        subscriber: '1000000000000001',
        subscriptionName: 'to-queue',
        messageId: id,
        message: text,
        messageMd5: md5Hex(text),
        publishedAtMs,
        ...(tag === undefined ? {} : { messageTag: tag }),
      });
      return { format: chosen, body, message: text };
    });
}

function anyEventText(): fc.Arbitrary<string> {
  return fc.constantFrom<KnownEventName>(...knownEventNames).chain((name) => arbitraryEventText(name));
}
