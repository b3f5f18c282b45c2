import { isIP } from 'node:net';
import { LEGACY_REGIONS } from '../imm/rpc/actions/2017-09-06/service-actions.js';
import { CURRENT_REGIONS } from '../imm/rpc/actions/2020-09-30/projects.js';
import { LOCAL_HOSTS } from './local-hosts.js';

/** What stands between a region and `.aliyuncs.com` in hosts of MNS (spec mns §1.1). */
const NETWORKS: readonly string[] = ['', '-internal', '-vpc', '-internal-vpc'];

/** The hosts that a certificate of an emulator is for: this machine, and both services in every region, whose names a hosts entry may lead here. */
export function certificateHosts(region: string): readonly string[] {
  const regions = [...new Set([region, ...CURRENT_REGIONS, ...LEGACY_REGIONS])];
  return [
    ...LOCAL_HOSTS,
    ...regions.flatMap((name) => NETWORKS.map((network) => `*.mns.${name}${network}.aliyuncs.com`)),
    ...regions.flatMap((name) => [`imm.${name}.aliyuncs.com`, `imm-vpc.${name}.aliyuncs.com`]),
  ];
}

/** Whether a host is an address rather than a name. */
export function isAddress(host: string): boolean {
  return isIP(host) !== 0;
}
