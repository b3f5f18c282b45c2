import { createBridge, createImm, createProvisioner, type Bridge } from '@mnsbus/bridge';
import { outcomeOf, type Clock, type WireHandler } from '@mnsbus/core';

/** Where the services are, and who calls. In production, `mns` alone. */
export interface Connection {
  readonly mns: {
    readonly accountId: string;
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
    readonly region: string;
    readonly endpoint?: string;
  };
  readonly clock?: Clock;
  readonly seed?: string;
  readonly transport?: WireHandler;
}

/** Where books are kept; a database, in an app that is more than an example. */
export interface Catalogue {
  save(taskId: string, state: string): Promise<void>;
}

/** Turns documents into PDF, and writes down what has become of each. */
export interface Bookshelf {
  /** For health checks, and for tests. */
  readonly bus: Bridge;
  /** Resolves with the id of the task once it has been submitted. */
  readonly add: (sourceUri: string) => Promise<string>;
  readonly close: () => Promise<void>;
}

const NAME = 'bookshelf';

/** Creates what the app needs, and begins to listen. Nothing in it knows of an emulator. */
export async function openBookshelf(connection: Connection, catalogue: Catalogue): Promise<Bookshelf> {
  const { mns, ...rest } = connection;
  const provisioner = createProvisioner(connection);
  await provisioner.ensure({ topic: { name: NAME }, queue: { name: NAME }, subscription: { name: NAME } });
  provisioner.close();

  const bus = createBridge({ ...connection, queueName: NAME });
  bus.on('imm:Task:OfficeConversion', async (event) => {
    const { succeeded, code, taskId } = outcomeOf(event);
    await catalogue.save(taskId, succeeded === true ? 'ready' : (code ?? 'ended, it is not known how'));
  });
  const imm = createImm({ ...mns, ...rest, apiVersion: '2020-09-30', bus, project: NAME, topicName: NAME });
  await bus.start();
  return {
    bus,
    add: async (sourceUri) => {
      const request = { SourceURI: sourceUri, TargetURI: `${sourceUri}.pdf`, TargetType: 'pdf' } as const;
      return (await imm.convertOffice(request)).taskId;
    },
    close: async () => {
      await bus.close();
      imm.close();
    },
  };
}
