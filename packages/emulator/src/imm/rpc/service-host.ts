// imm.{region}.aliyuncs.com and imm-vpc.{region}.aliyuncs.com (spec imm §1.1).
const SERVICE_HOST = /^imm(?:-vpc)?\.([a-z0-9-]{1,64})\.aliyuncs\.com(?::\d+)?$/i;

/** The public host name of IMM in a region (spec imm §1.1). */
export function serviceHost(region: string): string {
  return `imm.${region}.aliyuncs.com`;
}

/** The region that a `Host` header names; `undefined` when it is no host of IMM. */
export function regionOfHost(host: string): string | undefined {
  return SERVICE_HOST.exec(host)?.[1]?.toLowerCase();
}
