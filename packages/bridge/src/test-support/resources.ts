import type { CreateOfficeConversionTaskResult, GetOfficeConversionTaskResult } from '@mnsbus/core';
import { escapeXml } from '../mns/queue-client.js';
import type { Mounted } from './mounts.js';

const NAMESPACE = 'xmlns="http://mns.aliyuncs.com/doc/v1/"';

/** The names that every test of the whole way uses. */
export const QUEUE = 'imm-events';
export const TOPIC = 'imm-events-topic';
export const PROJECT = 'demo';

/** Creates project, topic, queue and the subscription between them. */
export async function createResources(
  mounted: Mounted,
  format: 'JSON' | 'XML' | 'SIMPLIFIED' = 'JSON',
  visibilitySeconds = 30,
): Promise<void> {
  const { mns, imm, emulator } = mounted;
  await imm('PutProject', { Project: PROJECT });
  await createQueue(mounted, QUEUE, visibilitySeconds);
  await mns({ method: 'PUT', resource: `/topics/${TOPIC}`, body: `<Topic ${NAMESPACE}/>` });
  await mns({
    method: 'PUT',
    resource: `/topics/${TOPIC}/subscriptions/sub-a`,
    body:
      `<Subscription ${NAMESPACE}><Endpoint>acs:mns:${emulator.region}:${emulator.accountId}:queues/${QUEUE}</Endpoint>` +
      `<NotifyContentFormat>${format}</NotifyContentFormat></Subscription>`,
  });
}

/** Creates a queue. */
export async function createQueue({ mns }: Pick<Mounted, 'mns'>, name: string, visibilitySeconds = 30): Promise<void> {
  const body = `<Queue ${NAMESPACE}><VisibilityTimeout>${visibilitySeconds}</VisibilityTimeout></Queue>`;
  await mns({ method: 'PUT', resource: `/queues/${name}`, body });
}

/** Publishes to the topic; returns the MD5 that the service reports. */
export async function publish({ mns }: Pick<Mounted, 'mns'>, message: string): Promise<string> {
  const body = `<Message ${NAMESPACE}><MessageBody>${escapeXml(message)}</MessageBody></Message>`;
  const reply = await mns({ method: 'POST', resource: `/topics/${TOPIC}/messages`, body });
  return String(reply.body?.['MessageBodyMD5']);
}

/** Sends straight to a queue, past the topic. */
export async function send({ mns }: Pick<Mounted, 'mns'>, message: string, queueName: string = QUEUE): Promise<string> {
  const body = `<Message ${NAMESPACE}><MessageBody>${escapeXml(message)}</MessageBody></Message>`;
  const reply = await mns({ method: 'POST', resource: `/queues/${queueName}/messages`, body });
  return String(reply.body?.['MessageId']);
}

/** How many messages a queue holds, by state. */
export async function countMessages(
  { mns }: Pick<Mounted, 'mns'>,
  queueName: string = QUEUE,
): Promise<{ active: number; inactive: number }> {
  const { body } = await mns({ method: 'GET', resource: `/queues/${queueName}`, rootName: 'Queue' });
  return { active: Number(body?.['ActiveMessages']), inactive: Number(body?.['InactiveMessages']) };
}

/** Submits a document conversion that publishes its end to the topic. */
export function convert(
  { imm, emulator }: Mounted,
  sourceUri = 'oss://bucket/in/a.docx',
): Promise<CreateOfficeConversionTaskResult> {
  return imm('CreateOfficeConversionTask', {
    Project: PROJECT,
    SrcUri: sourceUri,
    TgtUri: 'oss://bucket/out',
    TgtType: 'png',
    NotifyTopicName: TOPIC,
    NotifyEndpoint: `http://${emulator.accountId}.mns.${emulator.region}.aliyuncs.com`,
  });
}

/** The record of a task. */
export function getTask({ imm }: Mounted, taskId: string): Promise<GetOfficeConversionTaskResult> {
  return imm('GetOfficeConversionTask', { Project: PROJECT, TaskId: taskId });
}

/** An event text as IMM publishes it. */
export function eventText(taskId: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const imm = { code: 'NoError', pageCount: '5', percent: '100', taskId };
  const event = {
    eventName: 'FormatConvertJob:JobFinished',
    eventSource: 'acs:imm',
    eventTime: '2026-01-01T00:00:00.000Z',
    eventVersion: '1.0',
    imm,
    ...changes,
  };
  return JSON.stringify({ events: [event] });
}
