import type { NoteChange } from '../../runtime/note-change.js';
import { SortedMap, type Page } from '../../runtime/sorted-map.js';
import { Agenda } from './agenda.js';
import type { ImmCommands, ImmResult, PageRequest, Project, Refused } from './commands.js';
import { projectRecord } from './project-record.js';
import { done, refused } from './result.js';

/** The projects of one API version in one tenant, by name. */
export class ProjectBook<ProjectRecord> {
  readonly #projects = new SortedMap<Project<ProjectRecord>>();
  /** Names of deleted projects that are not free yet. */
  readonly #blocked = new Set<string>();
  readonly #blockEnds = new Agenda<string>();
  readonly #note: NoteChange | undefined;

  constructor(note?: NoteChange) {
    this.#note = note;
  }

  /** Every project. */
  all(): Iterable<Project<ProjectRecord>> {
    return this.#projects.values();
  }

  /** The names of deleted projects that are not free yet, and when they will be. */
  blocked(): ReadonlyMap<string, number> {
    return new Map(this.#blockEnds.items().map(({ value, atMs }) => [value, atMs]));
  }

  /** Takes up a project. */
  restore(project: Project<ProjectRecord>): void {
    this.#projects.set(project.name, project);
  }

  /** Blocks a name until `goneAtMs`. */
  block(name: string, goneAtMs: number): void {
    this.#blocked.add(name);
    this.#blockEnds.add(goneAtMs, name);
  }

  create(
    { name, record, limit = Infinity }: ImmCommands<ProjectRecord>['createProject']['input'],
    nowMs: number,
  ): ImmResult<ProjectRecord, 'createProject'> {
    if (this.#projects.get(name) !== undefined) return refused('project-exists');
    if (this.#blocked.has(name)) return refused('project-deleting');
    if (this.#projects.size >= limit) return refused('too-many-projects');
    const project = { name, record, createdAtMs: nowMs, modifiedAtMs: nowMs };
    this.#projects.set(name, project);
    this.#noteProject(name);
    return done(project);
  }

  /** One that is being deleted is not found: real clients rely on that (spec imm §10.5). */
  get(name: string): ImmResult<ProjectRecord, 'getProject'> {
    const project = this.#projects.get(name);
    return project === undefined ? refused('project-not-found') : done(project);
  }

  update(
    name: string,
    change: (record: ProjectRecord) => ProjectRecord,
    nowMs: number,
  ): ImmResult<ProjectRecord, 'updateProject'> {
    const project = this.#projects.get(name);
    if (project === undefined) return this.#absent(name);
    const changed = { ...project, record: change(project.record), modifiedAtMs: nowMs };
    this.#projects.set(name, changed);
    this.#noteProject(name);
    return done(changed);
  }

  list({ marker, maxKeys, prefix }: PageRequest & { readonly prefix?: string }): Page<Project<ProjectRecord>> {
    return this.#projects.page(marker, maxKeys, prefix);
  }

  /** Why nothing can be done in a project; `undefined` when all is well. */
  faultOf(name: string): Refused | undefined {
    return this.#projects.get(name) === undefined ? this.#absent(name) : undefined;
  }

  /** Removes a project that exists; its name is free at `goneAtMs`, or at once. */
  delete(name: string, goneAtMs: number | undefined): void {
    this.#projects.delete(name);
    this.#noteProject(name);
    if (goneAtMs === undefined) return;
    this.block(name, goneAtMs);
    this.#note?.(['blocked', name], () => (this.#blocked.has(name) ? goneAtMs : undefined));
  }

  /** Frees the names whose time has come. */
  advance(nowMs: number): void {
    for (let due = this.#blockEnds.takeDue(nowMs); due !== undefined; due = this.#blockEnds.takeDue(nowMs)) {
      const name = due.value;
      this.#blocked.delete(name);
      this.#note?.(['blocked', name], () => undefined);
    }
  }

  #noteProject(name: string): void {
    this.#note?.(['projects', name], () => {
      const project = this.#projects.get(name);
      return project === undefined ? undefined : projectRecord(project);
    });
  }

  #absent(name: string): Refused {
    return refused(this.#blocked.has(name) ? 'project-deleting' : 'project-not-found');
  }
}
