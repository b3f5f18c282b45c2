/** A project of IMM 2017-09-06 (spec imm §2.3). */
export interface Project {
  readonly name: string;
  readonly type: string;
  /** Requests per second, 0–10. */
  readonly capacityUnits: number;
  readonly billingType: string;
  /** The empty string when none was named. */
  readonly serviceRole: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  /** Equal to `createdAtMs` until the project is changed. */
  readonly modifiedAtMs: number;
}

/** What the creator of a project decides. */
export type ProjectSettings = Pick<Project, 'name' | 'type' | 'capacityUnits' | 'billingType' | 'serviceRole'>;
