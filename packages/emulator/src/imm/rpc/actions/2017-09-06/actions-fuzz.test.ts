import { decodeEvents, knownEventNames } from '@mnsbus/core';
import { readXml } from '@mnsbus/core/internal';
import { fc, it } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { DOCUMENTED_ACTIONS } from '../../../replies/documented-actions.js';
import { immFixture } from '../../../test-support/imm-fixture.js';

/** Those that are emulated. */
const ACTIONS = [...DOCUMENTED_ACTIONS['2017-09-06']]
  .filter(([, whyNot]) => whyNot === undefined)
  .map(([name]) => name);

const uri = fc.constantFrom('oss://bkt/a', 'oss://bkt/fail-X/a', 'oss://bkt/slow-5/a', 'oss://bkt', 'a', '');
const json = fc.oneof(
  fc.json(),
  fc.constantFrom(
    '[{"TargetUri":"oss://bkt/o"}]',
    '[{"TargetUri":"oss://bkt/o","GrabNumber":"3"}]',
    '[]',
    '{}',
    '[1]',
    'x',
  ),
);
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '0', '-1', '1', 'true', 'set-1'),
);

// Each parameter is sometimes right and sometimes anything, so that every reader is reached with the others passing.
const parameters = fc.record(
  {
    Project: fc.constantFrom('demo', 'demo', 'none', ''),
    SetId: text,
    TaskId: text,
    JobId: text,
    TaskType: fc.constantFrom('GrabFrameTask', 'FormatConvertJob', ''),
    JobType: fc.constantFrom('GroupFacesJob', 'TagJob', ''),
    SrcUri: uri,
    TgtUri: uri,
    TgtType: fc.constantFrom('png', 'PDF', 'x'),
    VideoUri: uri,
    ImageUri: uri,
    StreamUri: text,
    TargetUri: uri,
    TargetVideoUri: uri,
    TargetClipsUri: uri,
    TargetList: json,
    TargetSubtitle: json,
    Images: json,
    Parameters: json,
    AbstractLength: text,
    Width: text,
    Height: text,
    NewCU: text,
    NewServiceRole: text,
    OwnerId: text,
    Marker: text,
    MaxKeys: text,
    CustomMessage: text,
    RemarksA: text,
    SourcePosition: text,
    GroupIdFrom: text,
    Format: fc.constantFrom('JSON', 'JSON', 'XML'),
  },
  { requiredKeys: ['Format'] },
);

describe('any signed request to an action of 2017-09-06', () => {
  it.prop([fc.array(fc.tuple(fc.constantFrom(...ACTIONS), parameters), { minLength: 1, maxLength: 8 })], {
    numRuns: 300,
  })('gets a success or a well-formed error, and every event can be read', async (requests) => {
    const fixture = immFixture();
    await fixture.call('PutProject', { Project: 'demo' });
    for (const [action, given] of requests) {
      const notify = { NotifyEndpoint: 'http://127.0.0.1:9324', NotifyTopicName: 'imm-events' };
      const reply = await fixture.call(action, { ...notify, ...given });
      expect([200, 400]).toContain(reply.status);
      if (given.Format === 'XML') {
        expect(readXml(reply.text).name).toBe(reply.status === 200 ? `${action}Response` : 'Error');
      } else {
        expect(reply.members['RequestId']).toMatch(/^[\dA-F-]{36}$/);
        expect(typeof reply.members['Code']).toBe(reply.status === 200 ? 'undefined' : 'string');
      }
    }
    await fixture.clock.advanceBy(60_000);
    for (const { body } of fixture.published) {
      const events = decodeEvents(body);
      expect(events).toHaveLength(1);
      expect(knownEventNames).toContain(events[0]?.name);
    }
    expect(fixture.clock.pendingTimers).toBe(0);
  });
});
