import RPCClient from '@alicloud/pop-core';
import { createEmulator } from '@mnsbus/emulator';
import { mswHandlers } from '@mnsbus/emulator/msw';
import { setupServer } from 'msw/node';
import { expect, it, onTestFinished } from 'vitest';

it('detects faces, and opens documents only', async () => {
  const emulator = createEmulator({
    imm: {
      replies: {
        '2020-09-30': {
          DetectImageFaces: { reply: { Faces: [{ Age: 30, Gender: 'female' }] } },
          GenerateWebofficeToken: ({ parameters, nowMs }) => {
            const { SourceURI = '' } = parameters;
            if (!SourceURI.endsWith('.docx')) return { refuse: { code: 'InvalidArgument', message: 'no document' } };
            const AccessTokenExpiredTime = new Date(nowMs + 1_800_000).toISOString();
            return { reply: { AccessToken: `token of ${SourceURI}`, AccessTokenExpiredTime } };
          },
        },
      },
    },
  });
  const network = setupServer(...mswHandlers(emulator));
  network.listen();
  onTestFinished(() => network.close());
  const { accessKeyId, accessKeySecret, region } = emulator;
  const endpoint = `https://imm.${region}.aliyuncs.com`;
  const imm = new RPCClient({ endpoint, apiVersion: '2020-09-30', accessKeyId, accessKeySecret });

  const photo = { ProjectName: 'demo', SourceURI: 'oss://bucket/photo.jpg' };
  const document = { ProjectName: 'demo', SourceURI: 'oss://bucket/report.docx' };
  expect(await imm.request('DetectImageFaces', photo)).toMatchObject({ Faces: [{ Age: 30 }] });
  expect(await imm.request('GenerateWebofficeToken', document)).toMatchObject({
    AccessToken: 'token of oss://bucket/report.docx',
  });
  await expect(imm.request('GenerateWebofficeToken', photo)).rejects.toMatchObject({ code: 'InvalidArgument' });
  emulator.journal.expect({ kind: 'request', operation: 'DetectImageFaces', status: 200 }, 1);
});
