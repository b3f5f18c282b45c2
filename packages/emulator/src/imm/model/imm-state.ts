import { numberedRecord, sortedRecord } from '../../runtime/sorted-record.js';
import type { NoteChange } from '../../runtime/note-change.js';
import { ImmModel, type ImmModelParts } from './imm-model.js';
import { projectRecord, type ProjectStateRecord } from './project-record.js';
import type { RestoredTask } from './task-entry.js';
import type { HasRoomFor, TaskCounters } from './task-book.js';
import type { PublicationPlace, WaitingPublication } from './task-engine.js';
import {
  publicationRecord,
  recordedTask,
  taskEntryRecord,
  type PublicationRecord,
  type TaskEntryRecord,
} from './task-record.js';

/** The projects and tasks of one API version in one tenant, as data. What was never touched is left out. */
export interface ImmModelRecord {
  /** The numbers of the next entries: what falls due at one instant does so in the order of its number. */
  readonly counters?: TaskCounters;
  readonly projects?: Readonly<Record<string, ProjectStateRecord>>;
  /** Until when the names of deleted projects stay taken, in milliseconds since 1970. */
  readonly blocked?: Readonly<Record<string, number>>;
  readonly tasks?: Readonly<Record<string, TaskEntryRecord>>;
  /** Events on their way, by where they wait, and then by number. */
  readonly publications?: Readonly<Partial<Record<PublicationPlace, Readonly<Record<string, PublicationRecord>>>>>;
}

/** A model as data, as it stands after its last command: equal states give equal JSON. */
export function immModelRecord({
  parts: { projects, tasks },
}: {
  readonly parts: ImmModelParts<unknown>;
}): ImmModelRecord {
  const { due, overtaken, tasks: created } = tasks.counters;
  const published = tasks.publications();
  const members = {
    projects: sortedRecord(Array.from(projects.all(), (project) => [project.name, projectRecord(project)] as const)),
    blocked: sortedRecord(projects.blocked()),
    tasks: sortedRecord(Array.from(tasks.entries(), (entry) => [entry.plan.taskId, taskEntryRecord(entry)] as const)),
    publications: Object.fromEntries(
      PLACES.map((place) => [place, publicationsAt(place, published)] as const).filter(([, at]) => hasMembers(at)),
    ),
  };
  return {
    ...(due + overtaken + created === 0 ? {} : { counters: { due, overtaken, tasks: created } }),
    ...Object.fromEntries(Object.entries(members).filter(([, member]) => hasMembers(member))),
  };
}

/** The model that a record tells of; the record has been checked. Goes on exactly as the first one would. */
export function recordedImmModel<P>(
  {
    counters = { due: 0, overtaken: 0, tasks: 0 },
    projects = {},
    blocked = {},
    tasks = {},
    publications = {},
  }: ImmModelRecord,
  readProject: (record: unknown) => P,
  note?: NoteChange,
  hasRoomFor?: HasRoomFor,
): ImmModel<P> {
  const model = new ImmModel<P>(note, hasRoomFor);
  for (const [name, { record, createdAtMs, modifiedAtMs }] of Object.entries(projects)) {
    model.parts.projects.restore({ name, record: readProject(record), createdAtMs, modifiedAtMs });
  }
  for (const [name, goneAtMs] of Object.entries(blocked)) model.parts.projects.block(name, goneAtMs);
  const submitted = Object.values(tasks).toSorted((a, b) => a.expiry.sequence - b.expiry.sequence);
  const waiting = PLACES.flatMap((place) =>
    Object.entries(publications[place] ?? {}).map(([sequence, record]) => waitingAt(place, Number(sequence), record)),
  );
  model.parts.tasks.restore(submitted.map(restoredTask), waiting, counters);
  return model;
}

const PLACES: readonly PublicationPlace[] = ['due', 'overtaken'];

function publicationsAt(
  place: PublicationPlace,
  all: readonly WaitingPublication[],
): Readonly<Record<string, PublicationRecord>> {
  const here = all.filter((publication) => publication.place === place);
  return numberedRecord(here.map(({ item }) => [item.sequence, publicationRecord(item)] as const));
}

function waitingAt(
  place: PublicationPlace,
  sequence: number,
  { atMs, task: record, copy, copyNumber, attempt }: PublicationRecord,
): WaitingPublication {
  const task = recordedTask(record);
  const { notify } = task;
  if (notify === undefined) throw new Error(`no target for the event of ${task.taskId}`);
  return { place, item: { atMs, sequence, value: { task, notify, copy, copyNumber, attempt } } };
}

function restoredTask({ task, plannedOutcome, eventCopies, expiry, ...rest }: TaskEntryRecord): RestoredTask {
  const { idempotencyKey, exclusiveKey, start, end } = rest;
  const { taskId, taskType, project } = task;
  return {
    plan: {
      taskId,
      taskType,
      project,
      eventCopies,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(exclusiveKey === undefined ? {} : { exclusiveKey }),
    },
    task: recordedTask(task),
    outcome: plannedOutcome,
    expiry,
    ...(start === undefined ? {} : { start }),
    ...(end === undefined ? {} : { end }),
  };
}

function hasMembers(value: object): boolean {
  return Object.keys(value).length > 0;
}
