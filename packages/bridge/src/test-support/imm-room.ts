import { VirtualClock, type Clock, type WireHandler } from '@mnsbus/core';
import { createEmulator, type Emulator } from '@mnsbus/emulator';
import { createBridge, type Bridge } from '../bridge.js';
import { createImm, type Imm, type SubmitOptions, type SubmittedTask } from '../imm/imm-client.js';
import type { ImmApiVersion, ImmOptions } from '../imm/imm-options.js';
import { callerOf, transportOf } from './mounts.js';

type EmulatorOptions = NonNullable<Parameters<typeof createEmulator>[0]>;

/** What {@link immRoom} has made. */
export interface ImmRoom<Version extends ImmApiVersion, Time extends Clock = VirtualClock> {
  readonly emulator: Emulator;
  readonly clock: Time;
  readonly bus: Bridge;
  readonly imm: Imm<Version>;
  readonly actions: string[];
}

/** Where the clients of these rooms are at work: project `demo`, with topic `t`. */
export const placeOf = ({
  accountId,
  region,
}: Emulator): Pick<ImmOptions<ImmApiVersion>, 'accountId' | 'region' | 'topicName' | 'project'> => ({
  accountId,
  region,
  topicName: 't',
  project: 'demo',
});

export const SOURCE = 'oss://bucket/in/a.docx';
export const office2017 = { SrcUri: SOURCE, TgtUri: 'oss://bucket/out', TgtType: 'png' } as const;
export const office2020 = { SourceURI: SOURCE, TargetURI: 'oss://bucket/out/a.pdf', TargetType: 'pdf' } as const;

/** Makes queue `q`, topic `t` and the subscription between them. */
export async function setUp(
  emulator: Emulator,
  connection: { accountId: string; accessKeyId: string; accessKeySecret: string; endpoint: string },
  clock: Clock,
  transport?: WireHandler,
): Promise<void> {
  const mns = callerOf(transportOf(connection, clock, transport));
  const steps = (async () => {
    await mns({ method: 'PUT', resource: '/queues/q', body: '<Queue/>' });
    await mns({ method: 'PUT', resource: '/topics/t', body: '<Topic/>' });
    const endpoint = `acs:mns:${emulator.region}:${emulator.accountId}:queues/q`;
    const body = `<Subscription><Endpoint>${endpoint}</Endpoint></Subscription>`;
    await mns({ method: 'PUT', resource: '/topics/t/subscriptions/s', body });
  })();
  await (clock instanceof VirtualClock ? clock.runUntil(steps) : steps);
}

/** An emulator, a bus and a client on one virtual clock. */
export async function immRoom<Version extends ImmApiVersion>(
  apiVersion: Version,
  options: EmulatorOptions['imm'] = {},
  wrap: (handle: WireHandler) => WireHandler = (handle) => handle,
  more: Partial<ImmOptions<Version>> = {},
): Promise<ImmRoom<Version>> {
  const clock = new VirtualClock();
  const emulator = createEmulator({ clock, seed: 'imm', imm: options });
  const { accountId, accessKeyId, accessKeySecret } = emulator;
  const keys = { accessKeyId, accessKeySecret };
  const connection = { accountId, ...keys, endpoint: 'http://mns.test' };
  await setUp(emulator, connection, clock, emulator.handle);
  const bus = createBridge({ mns: connection, queueName: 'q', clock, transport: emulator.handle, seed: 'bus' });
  const actions: string[] = [];
  const transport = wrap(async (request) => {
    actions.push(/(?:^|&)Action=(\w+)/.exec(Buffer.from(request.body).toString())?.[1] ?? '');
    return emulator.handle(request);
  });
  const imm = createImm<Version>({
    ...keys,
    ...placeOf(emulator),
    apiVersion,
    bus,
    clock,
    transport,
    seed: 'client',
    ...more,
  } as ImmOptions<Version>);
  await clock.runUntil(createProject(apiVersion, imm));
  await clock.runUntil(bus.start());
  actions.length = 0;
  return { emulator, clock, bus, imm, actions };
}

/** Converts a document with a client of either version. */
export function converterOf(
  imm: object,
): (source: string, options?: SubmitOptions) => Promise<Pick<SubmittedTask<unknown, unknown>, 'taskId' | 'finished'>> {
  const { convertOffice } = imm as Pick<Imm<'2017-09-06'>, 'convertOffice'>;
  return (source, options) => {
    const sources = { SrcUri: source, SourceURI: source };
    return convertOffice({ ...office2020, ...office2017, ...sources }, options);
  };
}

/** Creates project `demo`. */
export async function createProject(apiVersion: ImmApiVersion, imm: { call: unknown }): Promise<void> {
  const call = imm.call as (action: string, request: object) => Promise<unknown>;
  await (apiVersion === '2017-09-06'
    ? call('PutProject', { Project: 'demo' })
    : call('CreateProject', { ProjectName: 'demo' }));
}
