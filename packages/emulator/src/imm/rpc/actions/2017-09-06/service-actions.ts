import { SeededRandom } from '@mnsbus/core';
import type { Imm2017ActionTable, Imm2017World } from './action-table.js';

/** The regions of the legacy version (spec imm §1.1). */
export const LEGACY_REGIONS: readonly string[] = [
  'cn-shanghai',
  'cn-hangzhou',
  'cn-shenzhen',
  'cn-beijing',
  'cn-zhangjiakou',
  'ap-southeast-1',
];

/** The types of project that a region offers (spec imm §2.3). */
export const PROJECT_TYPES: readonly string[] = ['DocStarter', 'PhotoStarter', 'VideoStarter'];

/** The actions around the service itself; `actionNames` are those that a project may call (spec imm §2.3). */
export function serviceActions(
  world: Imm2017World,
  actionNames: () => readonly string[],
): Pick<Imm2017ActionTable, 'DescribeRegions' | 'ListProjectAPIs' | 'OpenImmService'> {
  return {
    DescribeRegions: (call) => ({
      RequestId: call.requestId,
      Regions: { Region: LEGACY_REGIONS.map((RegionId) => ({ RegionId, ProjectTypes: PROJECT_TYPES })) },
    }),
    ListProjectAPIs: (call) => {
      const project = call.fields.text('Project');
      world.carryOut(call, { type: 'getProject', project });
      return { RequestId: call.requestId, Project: project, APIs: actionNames() };
    },
    OpenImmService: (call) => {
      call.fields.optionalInteger('OwnerId', { min: 1 });
      return { RequestId: call.requestId, OrderId: orderId(call.requestId) };
    },
  };
}

/** Fifteen digits, which nothing else refers to; the request id is drawn from the seed already. */
function orderId(requestId: string): string {
  return String(new SeededRandom(`order of ${requestId}`).integer(1e14, 1e15 - 1));
}
