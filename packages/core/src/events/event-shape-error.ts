import { MnsbusError } from '../errors.js';

/** One wrong field of an event. */
export interface FieldIssue {
  /** Where it is, for example `imm.pageCount`. */
  readonly path: string;
  readonly expected: string;
  readonly received: string;
}

/** A known event with the wrong shape (code `EVENT_SHAPE_INVALID`); `issues` names each wrong field. */
export class EventShapeError extends MnsbusError<'EVENT_SHAPE_INVALID'> {
  override readonly name: string = 'EventShapeError';
  readonly eventName: string;
  readonly issues: readonly FieldIssue[];

  constructor(eventName: string, issues: readonly FieldIssue[], cause?: unknown) {
    const fields = issues.map(({ path, expected, received }) => `${path}: ${expected}, received ${received}`);
    super({ code: 'EVENT_SHAPE_INVALID', message: `${eventName} has the wrong shape: ${fields.join('; ')}`, cause });
    this.eventName = eventName;
    this.issues = issues;
  }
}
