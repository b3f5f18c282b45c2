import type { ImageRemarks, IndexRemarks, LegacyNotifyRequest } from '@mnsbus/core';
import { legacyEventText } from '../../../event-text.js';
import { textMember } from '../../../request-members.js';
import type { TaskKind, TaskRequest } from '../../../task-kind.js';
import type { RpcCall } from '../../api-version.js';
import type { FieldReader } from '../../field-reader.js';
import type { Imm2017ActionTable, Imm2017World } from './action-table.js';
import { errorCode } from './job-kind.js';
import { millisecondsText } from './milliseconds-text.js';
import { notifyTarget, readNotify } from './notify-fields.js';
import { readObjectUri } from './oss-uri.js';

/** How long indexing takes when nobody says otherwise, in milliseconds: as that of a real file (spec imm §3.3). */
export const INDEXING_DURATION_MS = 634;

/** Both kinds of indexing: tasks without an id that anybody is told (spec imm §2.7). */
export const indexingKinds: Readonly<Record<'IndexImage' | 'IndexVideo', TaskKind>> = {
  IndexImage: indexingKind('IndexImage', 'ImageUri'),
  IndexVideo: indexingKind('IndexVideo', 'VideoUri'),
};

/** The actions that take images and videos into sets; the set needs not exist (spec imm §2.7). */
export function indexingActions(world: Imm2017World): Pick<Imm2017ActionTable, 'IndexImage' | 'IndexVideo'> {
  return {
    IndexImage: (call) => {
      const { fields } = call;
      fields.require('Project', 'SetId', 'ImageUri');
      const indexed = { SetId: fields.text('SetId'), ImageUri: readObjectUri(fields, 'ImageUri') };
      const remarks = { ...readRemarks(fields), ...readImageRemarks(fields) };
      submit(world, call, indexingKinds.IndexImage, { ...indexed, ...remarks });
      return { ...indexed, ...remarks, ...recordTimes(call), RequestId: call.requestId };
    },
    IndexVideo: (call) => {
      const { fields } = call;
      fields.require('Project', 'SetId', 'VideoUri');
      const indexed = { SetId: fields.text('SetId'), VideoUri: readObjectUri(fields, 'VideoUri') };
      const remarks = readRemarks(fields);
      submit(world, call, indexingKinds.IndexVideo, { ...indexed, ...remarks });
      return { ...indexed, ...remarks, ...recordTimes(call), RequestId: call.requestId };
    },
  };
}

function indexingKind(action: 'IndexImage' | 'IndexVideo', uriName: 'ImageUri' | 'VideoUri'): TaskKind {
  return {
    action,
    taskType: action,
    idPrefix: `${action}-`,
    sourceUris: (request) => [textMember(request, uriName)],
    defaultDurationMs: INDEXING_DURATION_MS,
    result: () => ({}),
    eventText: (task) =>
      legacyEventText({
        eventName: action,
        eventTimeMs: task.endedAtMs ?? 0,
        imm: {
          ErrorCode: errorCode(task),
          SetId: textMember(task.request, 'SetId'),
          [uriName]: textMember(task.request, uriName),
        },
      }),
  };
}

function submit(world: Imm2017World, call: RpcCall, kind: TaskKind, members: TaskRequest): void {
  const notify: LegacyNotifyRequest = readNotify(call.fields);
  const project = call.fields.text('Project');
  world.submit(call, kind, { project, request: { ...members, ...notify }, notify: notifyTarget(notify) });
}

/** What was not given is given back as the empty string. */
function readRemarks(fields: FieldReader): Required<IndexRemarks> {
  const text = (name: string): string => fields.optionalText(name) ?? '';
  return {
    ExternalId: text('ExternalId'),
    RemarksA: text('RemarksA'),
    RemarksB: text('RemarksB'),
    RemarksC: text('RemarksC'),
    RemarksD: text('RemarksD'),
  };
}

function readImageRemarks(fields: FieldReader): Required<Omit<ImageRemarks, keyof IndexRemarks>> {
  const text = (name: string): string => fields.optionalText(name) ?? '';
  return {
    RemarksArrayA: text('RemarksArrayA'),
    RemarksArrayB: text('RemarksArrayB'),
    SourceType: text('SourceType'),
    SourceUri: text('SourceUri'),
    SourcePosition: text('SourcePosition'),
  };
}

function recordTimes({ wallMs }: RpcCall): { readonly CreateTime: string; readonly ModifyTime: string } {
  const now = millisecondsText(wallMs);
  return { CreateTime: now, ModifyTime: now };
}
