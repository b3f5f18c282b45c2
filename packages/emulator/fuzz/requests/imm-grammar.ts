import type { Draw } from '../drawing/draw.js';
import { anyText, mutatedJson, numberText, oddJson, oddName } from '../drawing/hostile-values.js';
import { taskCatalogue } from '@mnsbus/core';
import { DOCUMENTED_ACTIONS } from '../../src/imm/replies/documented-actions.js';
import type { ImmDraft, Pairs, Proof } from './draft.js';
import { IMM_REQUIRED, IMM_SHAPES } from './imm-parameters.js';
import type { Memory, RememberedTask } from './memory.js';

const VERSIONS = ['2017-09-06', '2020-09-30'] as const;

const emulated = (actions: ReadonlyMap<string, string | undefined>): readonly string[] =>
  [...actions].filter(([, whyNot]) => whyNot === undefined).map(([action]) => action);

/** The actions of each version that are emulated. */
export const IMM_ACTIONS: Readonly<Record<(typeof VERSIONS)[number], readonly string[]>> = {
  '2017-09-06': emulated(DOCUMENTED_ACTIONS['2017-09-06']),
  '2020-09-30': emulated(DOCUMENTED_ACTIONS['2020-09-30']),
};

const DOCUMENTED = VERSIONS.flatMap((version) => [...DOCUMENTED_ACTIONS[version].keys()]);
const OTHERS = [...DOCUMENTED, '', 'x', '__proto__', 'constructor', 'toString'];
const ALL_PARAMETERS = [...IMM_SHAPES.keys()];

/** A request to IMM: an action asked for rightly, or wrong in its values, their shapes, its form or its signature. */
export function drawImm(draw: Draw, memory: Memory): ImmDraft {
  const version = draw.one(VERSIONS);
  const action = draw.once(40) ? draw.one(OTHERS) : emulatedAction(draw, version);
  const way = draw.once(2) ? 'v1' : 'acs3';
  const method = draw.once(60) ? draw.one(['PUT', 'HEAD', 'get', '', 'DELETE']) : draw.one(['GET', 'POST', 'POST']);
  return {
    door: 'imm',
    operation: action,
    method,
    path: draw.once(60) ? draw.one(['/x', '//', '', '/%2F', '/queues', 'http://imm.cn-beijing.aliyuncs.com/']) : '/',
    version,
    parameters: drawParameters(draw, memory, action, version),
    placement: method === 'POST' ? draw.one(['form', 'query', 'split'] as const) : 'query',
    headers: headers(draw),
    proof: proof(draw, way),
  };
}

/** Projects come more often than they go: everything else needs one. */
function emulatedAction(draw: Draw, version: (typeof VERSIONS)[number]): string {
  const action = draw.one(IMM_ACTIONS[version]);
  if ((action === 'DeleteProject' && !draw.once(5)) || draw.once(20)) return CREATING_PROJECTS[version];
  return action;
}

const CREATING_PROJECTS = { '2017-09-06': 'PutProject', '2020-09-30': 'CreateProject' } as const;

function proof(draw: Draw, way: Proof['way']): Proof {
  return {
    way,
    key: draw.weighted([
      [60, 'own'],
      [4, 'temporary'],
      [1, 'expired'],
      [1, 'inactive'],
      [1, 'unknown'],
      [1, 'other-account'],
    ] as const),
    flaw: draw.once(12)
      ? draw.one(['secret', 'shape', 'token', 'date', 'skew', 'version', 'method', 'nonce', 'unsigned'] as const)
      : 'none',
  };
}

function headers(draw: Draw): Pairs {
  const pairs: (readonly [string, string])[] = [
    ['Host', draw.once(12) ? draw.one(HOSTS) : 'imm.cn-beijing.aliyuncs.com'],
    ['Accept', draw.one(['application/json', 'application/json', 'text/xml', '*/*', '', 'x;q=0,application/json'])],
  ];
  if (draw.once(40))
    pairs.push([
      draw.one(['Content-Type', 'x-acs-action', 'x-acs-x', 'x-acs-version']),
      draw.one(['text/plain', 'application/json', '', 'ListProjects']),
    ]);
  return pairs;
}

const HOSTS = [
  'imm.cn-shanghai.aliyuncs.com',
  'imm-vpc.cn-beijing.aliyuncs.com',
  '127.0.0.1:9324',
  '',
  '<a>',
  'imm..aliyuncs.com',
  'é',
];

function drawParameters(draw: Draw, memory: Memory, action: string, version: string): Pairs {
  const required = (IMM_REQUIRED.get(action) ?? ['Project', 'ProjectName']).filter(() => !draw.once(25));
  const more = draw.some(3, () => draw.one(ALL_PARAMETERS));
  const names = [...required, ...more, ...(draw.once(30) ? [oddName(draw)] : [])];
  const pairs = names.map((name) => [name, drawValue(draw, memory, name)] as const);
  const wanted = ABOUT_TASKS.find(([actions]) => actions.test(action))?.[1];
  const task =
    wanted === undefined || draw.once(6)
      ? undefined
      : memory.recallTask((one) => one.version === version && wanted.test(one.action), draw);
  if (task !== undefined) pairs.push(...taskPairs(task));
  if (draw.once(3)) pairs.push(...notification(draw));
  if (draw.once(6)) pairs.push(['Format', draw.one(['JSON', 'XML', 'xml', '', 'YAML'])]);
  return pairs;
}

/** What each action that names a task wants to be told of: tasks that these actions have made. */
const ABOUT_TASKS: readonly (readonly [actions: RegExp, madeBy: RegExp])[] = [
  [/^(?:Get|Delete)OfficeConversionTask$/, /^CreateOfficeConversionTask$/],
  [/^StopStreamAnalyseTask$/, /^CreateStreamAnalyseTask$/],
  [/^(?:Get|Delete)VideoTask$/, /^Create(?:Video|Grab|Media|Stream|Image)\w+Task$/],
  [/^(?:Get|Delete)ImageJob$/, /Job$/],
  [/^Get(\w+)Result$/, /^Create(?:DecodeBlind|VideoLabel|ImageModeration|VideoModeration)/],
  [/^GetTask$/, /Task$/],
  [/^(?:Get|Delete)Trigger$/, /^CreateTrigger$/],
  [/^(?:Get|Delete)Batch$/, /^CreateBatch$/],
];

function taskPairs({ id, version, action, project }: RememberedTask): Pairs {
  const taskType =
    taskCatalogue.find((entry) => entry.apiVersion === version && entry.action === action)?.taskType ?? '';
  const named = action.endsWith('Job') ? (['JobId', 'JobType'] as const) : (['TaskId', 'TaskType'] as const);
  return [
    [version === '2017-09-06' ? 'Project' : 'ProjectName', project],
    [named[0], id],
    [named[1], taskType],
    ['Id', id],
  ];
}

const ENDPOINT = 'http://1000000000000001.mns.cn-beijing.aliyuncs.com';

/** Events go to topics that the requests to MNS know, so that both services work together. */
function notification(draw: Draw): Pairs {
  const topic = draw.one(['events', 'news', 'ends']);
  return draw.once(2)
    ? [
        ['NotifyTopicName', topic],
        ['NotifyEndpoint', draw.once(8) ? anyText(draw) : ENDPOINT],
      ]
    : [['Notification', mutatedJson(draw, { MNS: { TopicName: topic } })]];
}

function drawValue(draw: Draw, memory: Memory, name: string): string {
  if (draw.once(25)) return draw.once(2) ? anyText(draw) : oddJson(draw);
  const shape = IMM_SHAPES.get(name);
  if (shape === undefined) return anyText(draw);
  switch (shape.kind) {
    case 'number':
      return numberText(draw, shape.low, shape.high);
    case 'word':
      return draw.one(shape.words);
    case 'json':
      return mutatedJson(draw, draw.one(shape.samples));
    case 'known':
      return memory.recall(shape.of, draw) ?? draw.one(['none', '', '1', 'Zm9v']);
  }
}
