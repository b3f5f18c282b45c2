import { pageAddress } from './page-address.js';
import { profileText } from './profile-text.js';
import type { ServedEmulator } from './served-emulator.js';
import type { Paint } from './terminal.js';

/** What somebody at a terminal sees when the emulator is ready: how to reach it, from each client. */
export function welcome(served: ServedEmulator, paint: Paint): string {
  const {
    emulator,
    server: { endpoint },
  } = served;
  const page = pageAddress(served);
  const { accountId, region, accessKeyId, accessKeySecret, seed, profile } = emulator;
  return `
${paint('bold', 'IMM and MNS are ready.')}

  endpoint           ${paint('bold', endpoint)}${page === undefined ? '' : `\n  page               ${page}`}
  account id         ${accountId}
  region             ${region}
  access key id      ${accessKeyId}
  access key secret  ${accessKeySecret}
  seed               ${seed}${profileText(profile) === 'kind' ? '' : `\n  profile            ${profileText(profile)}`}

${paint('dim', '@alicloud/mns')}

  new MNSClient('${accountId}', {
    endpoint: '${endpoint}',
    accessKeyId: '${accessKeyId}',
    accessKeySecret: '${accessKeySecret}',
  });

${paint('dim', '@alicloud/pop-core, for IMM')}

  new RPCClient({
    endpoint: '${endpoint}',
    apiVersion: '2017-09-06',
    accessKeyId: '${accessKeyId}',
    accessKeySecret: '${accessKeySecret}',
  });

${paint('dim', '@mnsbus/bridge')}

  createBridge({
    mns: {
      accountId: '${accountId}',
      endpoint: '${endpoint}',
      accessKeyId: '${accessKeyId}',
      accessKeySecret: '${accessKeySecret}',
    },
    queueName: 'imm-events',
  });

${paint('dim', 'Ctrl-C ends it.')}`;
}
