import { SortedMap, type Page } from '../../runtime/sorted-map.js';
import { Agenda } from './agenda.js';
import type { ImmCommands, ImmResult, PageRequest, Project, Refused } from './commands.js';
import { done, refused } from './result.js';

/** The projects of one API version in one tenant, by name. */
export class ProjectBook<ProjectRecord> {
  readonly #projects = new SortedMap<Project<ProjectRecord>>();
  /** Names of deleted projects that are not free yet. */
  readonly #blocked = new Set<string>();
  readonly #blockEnds = new Agenda<string>();

  create(
    { name, record, limit = Infinity }: ImmCommands<ProjectRecord>['createProject']['input'],
    nowMs: number,
  ): ImmResult<ProjectRecord, 'createProject'> {
    if (this.#projects.get(name) !== undefined) return refused('project-exists');
    if (this.#blocked.has(name)) return refused('project-deleting');
    if (this.#projects.size >= limit) return refused('too-many-projects');
    const project = { name, record, createdAtMs: nowMs, modifiedAtMs: nowMs };
    this.#projects.set(name, project);
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
    if (goneAtMs === undefined) return;
    this.#blocked.add(name);
    this.#blockEnds.add(goneAtMs, name);
  }

  /** Frees the names whose time has come. */
  advance(nowMs: number): void {
    for (let due = this.#blockEnds.takeDue(nowMs); due !== undefined; due = this.#blockEnds.takeDue(nowMs)) {
      this.#blocked.delete(due.value);
    }
  }

  #absent(name: string): Refused {
    return refused(this.#blocked.has(name) ? 'project-deleting' : 'project-not-found');
  }
}
