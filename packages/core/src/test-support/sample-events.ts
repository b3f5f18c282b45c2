/** A message from the documents of its producer, with invented ids. */
export interface SampleEvent {
  readonly name: string;
  readonly text: string;
}

function legacy(name: string, eventTime: string, imm: object): SampleEvent {
  const event = { eventName: name, eventSource: 'acs:imm', eventTime, eventVersion: '1.0', imm };
  return { name, text: JSON.stringify({ events: [event] }) };
}

const uuid = '4c5d6e7f-8091-42a3-b4c5-d6e7f8091a2b';
const fileTimes = { StartTime: '2023-02-05T14:07:00.270148129+08:00', EndTime: '2023-02-05T14:07:00.904455255+08:00' };

/** The content of a failed conversion: its code and message are those of a real task. */
export const failedConversion = {
  ProjectName: 'demo',
  DatasetName: '',
  RequestId: '7C2A0C9E-3333-5EFE-9292-0123456789AB',
  StartTime: '2024-05-02T08:00:10.278Z',
  EndTime: '2024-05-02T08:00:14.808Z',
  UserData: '{"id":1}',
  TaskType: 'OfficeConversion',
  TaskId: 'OfficeConversion-3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  Status: 'Failed',
  Code: 'InternalError',
  Message: 'unknown error',
  EventSourceId: '',
};

const mediaConvert = {
  ...failedConversion,
  StartTime: '2024-09-10T11:12:13.36Z',
  EndTime: '2024-09-10T11:12:14.57Z',
  UserData: '',
  TaskType: 'MediaConvert',
  TaskId: 'MediaConvert-1c9f3f57-0a9c-4f0b-9c1c-2b7f4f0d6e11',
  Status: 'Succeeded',
  Code: '',
  Message: '',
  Sources: [{ URI: 'oss://bkt/in/a.mp4', SubtitleSources: null }],
  Targets: [
    {
      URI: '',
      Subtitle: { Extract: { URI: '' } },
      Image: { Sprites: null, Snapshots: [{ URI: 'oss://bkt/out/a.png' }], Animations: null },
    },
  ],
};

/** An IMM message around a content. */
export function immMessage(type: string, content: string): Record<string, string> {
  return {
    id: '25E-3aZkQm7TtWb0cYx9LrPq2NdVsHu',
    source: 'acs.imm',
    type,
    subject: `acs:imm:cn-beijing:1000000000000001:demo/${type}`,
    time: '1725966734900',
    content,
  };
}

/** An OSS event as it stands in the list of events. */
export const ossEvent = {
  eventName: 'ObjectCreated:PutObject',
  eventSource: 'acs:oss',
  eventTime: '2021-03-05T02:10:44.000Z',
  eventVersion: '1.0',
  oss: {
    bucket: {
      arn: 'acs:oss:cn-beijing:1000000000000001:bkt',
      name: 'bkt',
      ownerIdentity: '1000000000000001',
      virtualBucket: '',
    },
    object: { deltaSize: 12990, eTag: '9A0364B9E99BB480DD25E1F0284C8555', key: 'in/a.pptx', size: 12990 },
    ossSchemaVersion: '1.0',
    ruleId: 'rule-1',
  },
  region: 'cn-beijing',
  requestParameters: { sourceIPAddress: '203.0.113.7' },
  responseElements: { requestId: '604A1B2C3D4E5F6071829304' },
  userIdentity: { principalId: '1000000000000001' },
};

/** A search for faces as EventBridge sends it. */
export const facesSearchingCloudEvent = {
  id: '1F2-4kYwPd8RsVa1bXz0MqLn3TcGuJe',
  source: 'acs.imm',
  specversion: '1.0',
  type: 'imm:Task:FacesSearching',
  subject: 'acs.imm:cn-hangzhou:1000000000000001:215672',
  datacontenttype: 'application/json;charset=utf-8',
  time: '2024-08-20T15:03:08+08:00',
  aliyunaccountid: '1000000000000001',
  aliyunpublishtime: '2024-08-20T07:03:08.610Z',
  aliyuneventbusname: 'default',
  aliyunregionid: 'cn-hangzhou',
  aliyunpublishaddr: '172.25.0.1',
  data: {
    ProjectName: 'demo',
    DatasetName: 'ds1',
    TaskType: 'FacesSearching',
    TaskId: 'FacesSearching-9b2d0c11-0000-4000-8000-000000000001',
    Status: 'Succeeded',
    SimilarFaces: [],
  },
};

/** Messages of every producer and form (spec imm §3.2–3.4, §7). */
export const sampleEvents: readonly SampleEvent[] = [
  legacy('FormatConvertJob:JobFinished', '2018-11-14T12:00:00.342Z', {
    code: 'NoError',
    pageCount: '5',
    percent: '100',
    taskId: uuid,
  }),
  legacy('FormatConvertJob:JobFinished', '2018-11-14T10:02:11.007Z', {
    code: 'ConvertTimeout',
    pageCount: '0',
    percent: '0',
    taskId: `formatconvert-${uuid}`,
  }),
  legacy('MergeFaceGroupsJob', '2019-03-02T10:20:30.264Z', {
    CustomMessage: 'abc',
    ErrorCode: '',
    JobId: `MergeFaceGroupsJob-${uuid}`,
  }),
  legacy('GroupFacesJob', '2019-03-02T10:22:02.118Z', { ErrorCode: '', JobId: `GroupFacesJob-${uuid}` }),
  legacy('GrabFrameTask', '2019-10-08T08:09:10.901Z', {
    CustomMessage: 'order-17',
    ErrorCode: '',
    GrabDuration: '1',
    JobId: `GrabFrameTask-${uuid}`,
    Results: '[{"Success":"true","GrabType":"interval","TargetUri":"oss://bkt/out/frame.jpg"}]',
  }),
  legacy('CompressVideoTask', '2021-02-03T04:05:06.915Z', {
    CustomMessage: 'c1',
    ErrorCode: '',
    JobId: `CompressVideoTask-${uuid}`,
    Results: '[{"Success":"true","TargetUri":"oss://bkt/out/a.m3u8"}]',
  }),
  legacy('VideoAnalyseTask', '2019-01-05T08:00:00.000Z', { ErrorCode: '', JobId: `VideoAnalyseTask-${uuid}` }),
  {
    name: 'imm:Task:MediaConvert',
    text: JSON.stringify(immMessage('imm:Task:MediaConvert', JSON.stringify(mediaConvert))),
  },
  { name: 'imm:Task:MediaConvert', text: JSON.stringify(mediaConvert) },
  { name: 'imm:Task:OfficeConversion', text: JSON.stringify(failedConversion) },
  {
    name: 'imm:FileMeta:Index',
    text: JSON.stringify({
      ProjectName: 'demo',
      DatasetName: 'ds1',
      ...fileTimes,
      Success: true,
      Message: '',
      Files: [{ URI: 'oss://bkt/p/none.jpg', Error: '[InvalidArgument] File does not exist.' }],
    }),
  },
  {
    name: 'imm:FileMeta:Index',
    text: JSON.stringify({
      ProjectName: 'demo',
      DatasetName: 'ds1',
      ...fileTimes,
      Success: true,
      Message: '',
      Files: [{ URI: 'oss://bkt/p/1.jpg', Error: '' }],
    }),
  },
  {
    name: 'imm:FileMeta:BatchIndex',
    text: JSON.stringify({
      ProjectName: 'demo',
      DatasetName: 'ds1',
      ...fileTimes,
      Success: true,
      Message: '',
      Files: [
        { URI: 'oss://bkt/p/1.jpg', Error: '' },
        { URI: 'oss://bkt/p/none.jpg', Error: '[InvalidArgument] File does not exist.' },
      ],
    }),
  },
  {
    name: 'imm:Task:FacesSearching',
    text: JSON.stringify({
      ProjectName: 'demo',
      DatasetName: 'ds1',
      RequestId: '8D3B0C9E-3333-5EFE-9292-0123456789AB',
      StartTime: '2023-02-05T06:07:08.582Z',
      EndTime: '2023-02-05T06:07:08.785Z',
      UserData: 'test',
      TaskType: 'FacesSearching',
      TaskId: `FacesSearching-${uuid}`,
      Status: 'Succeeded',
      Code: '',
      Message: '',
      SimilarFaces: [{ SimilarFaces: [{ URI: 'oss://bkt/p/1.jpg', Similarity: 0.93 }] }],
    }),
  },
  {
    name: 'imm:Task:VideoModeration',
    text: JSON.stringify({
      ...mediaConvert,
      TaskType: 'VideoModeration',
      ModerationResult: {
        URI: 'oss://bkt/in/v.mp4',
        Suggestion: 'block',
        Categories: ['porn'],
        Frames: { TotalCount: 12, BlockFrames: [{ Rate: 99.5, Offset: 4000, Label: 'porn' }] },
      },
    }),
  },
  { name: 'imm:Task:FacesSearching', text: JSON.stringify(facesSearchingCloudEvent) },
  { name: 'ObjectCreated:PutObject', text: JSON.stringify({ events: [ossEvent] }) },
];
