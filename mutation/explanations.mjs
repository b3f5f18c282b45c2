// The mutants that survive, and why each may. A run fails when one is missing here, and when one here does not survive.

const CORE = 'packages/core/src/notification';
const READING = 'packages/core/src/events/reading';
const LEASE = 'packages/bridge/src/lease';
const BRIDGE = 'packages/bridge/src';
const SETTLE = 'packages/bridge/src/settle';
const IMM = 'packages/emulator/src/imm/model';

const MNS = 'packages/emulator/src/mns/model';

const NEITHER_OLD = 'Every shape but `old` is the present one; the compiler knows no third.';
const WRITTEN_ANEW =
  'What was read is written again and compared with the whole handle, which finds whatever the pattern lets through.';

const ONLY_FOR_TYPES =
  'Nothing is ever kept under `undefined`, and a check of the same kind guards the other side; the compiler asks for both.';

const NO_MEMBER = 'A member that is `undefined` is none in JSON. The check is for the compiler.';

const AS_IF_ABSENT = 'A member that is `undefined` is read as one that is absent. The check is for the compiler.';

const DOES_NOT_LOAD =
  'The module does not load, and all its tests fail; but Stryker counts only failures of tests that have begun.';

/**
 * Each entry: the file, the line of code as it stands (blanks in a row count as one), what mutants make of a part of it,
 * and why no test catches them.
 */
export const EXPLANATIONS = [
  {
    file: `${CORE}/decode-notification.ts`,
    line: 'return decoded !== undefined && looksStructured(decoded) ? decoded : message;',
    changes: ['decoded !== undefined → true'],
    why: 'The word `undefined` does not look structured. The check is for the compiler.',
  },
  {
    file: `${CORE}/base64-text.ts`,
    line: '} catch {',
    changes: ['{ return undefined; } → {}'],
    why: 'A function that ends returns `undefined`, too.',
  },
  {
    file: `${READING}/documented.ts`,
    line: "const names = [...new Set(leaves.flatMap(({ path: [name = ''] }) => name))];",
    changes: ['\'\' → "Stryker was here!"'],
    why: 'Of a leaf without a path, the function has returned before. The default is for the compiler.',
  },
  {
    file: `${READING}/instant.ts`,
    line: "const [, date, minutes, seconds = ':00', fraction = '.', zone = ''] = ISO_TIME.exec(text) ?? [];",
    changes: ['\'\' → "Stryker was here!"', '[] → ["Stryker was here"]'],
    why: 'Without a match there is no date, whatever stands in the other places.',
  },
  {
    file: `${READING}/instant.ts`,
    line: 'if (date === undefined || !isDay(date)) return undefined;',
    changes: ['date === undefined → false'],
    why: 'The word `undefined` is no day. The check is for the compiler.',
  },
  {
    file: `${READING}/instant.ts`,
    line: "const milliseconds = fraction.slice(0, 4).padEnd(4, '0');",
    changes: ['fraction.slice(0, 4) → fraction'],
    why: 'Node cuts a longer fraction as well; the language promises three digits.',
  },
  {
    file: `${READING}/instant.ts`,
    line: 'const time = new Date(`${date}T${minutes}${seconds}${milliseconds}${NAMED_ZONES[zone] ?? zone.toUpperCase()}`);',
    changes: ['zone.toUpperCase() → zone.toLowerCase()'],
    why: 'Node reads a small `z` as well; the language promises the capital.',
  },
  {
    file: `${READING}/kinds.ts`,
    line: "return typeof value === 'number' && Number.isFinite(value) ? value : undefined;",
    changes: ["typeof value === 'number' → true"],
    why: 'Nothing but a number is finite. The check is for the compiler.',
  },
  {
    file: `${READING}/sources.ts`,
    line: 'export function sourcesIn<Documented>(): SourcesIn<PathIn<Documented>> {',
    changes: ['{ return sources; } → {}'],
    why: DOES_NOT_LOAD,
  },
  {
    file: `${READING}/sources.ts`,
    line: "if (!isJsonObject(value)) return { state: 'blocked', value, path };",
    changes: ['\'blocked\' → ""'],
    why: 'What is neither there nor absent is blocked.',
  },
  {
    file: `${LEASE}/held-message.ts`,
    line: 'this.#timer?.cancel();',
    changes: ['this.#timer?.cancel → this.#timer.cancel'],
    why: 'Three times: a held message has a timer from its construction on, which the compiler cannot see.',
  },
  {
    file: `${LEASE}/held-message.ts`,
    line: '#isLast = false;',
    changes: ['false → true'],
    why: 'The watch, which begins with the construction, sets it; the compiler cannot see that.',
  },
  {
    file: `${BRIDGE}/poll/poller.ts`,
    line: 'const helper = this.#help(session).finally(() => this.#helpers.delete(helper));',
    changes: ['() => this.#helpers.delete(helper) → () => undefined'],
    why: 'Polls that have ended are forgotten to spare memory.',
  },
  {
    file: `${BRIDGE}/push/fetch-places.ts`,
    line: 'if (url === undefined) return;',
    changes: ['url === undefined → false'],
    why: 'The timer runs only for one that was drawn, and closing cancels it. The check is for the compiler.',
  },
  {
    file: `${BRIDGE}/push/push-history.ts`,
    line: 'if (this.#records.size > this.#limit && oldest !== undefined) this.#records.delete(oldest);',
    changes: ['oldest !== undefined → true'],
    why: 'A map with entries has a first. The check is for the compiler.',
  },
  {
    file: `${BRIDGE}/push/replay-guard.ts`,
    line: 'if (oldest === undefined) return;',
    changes: ['oldest === undefined → false'],
    why: 'A map with entries has a first. The check is for the compiler.',
  },
  {
    file: `${SETTLE}/settler.ts`,
    line: "isRepeat ||= again.some(({ error }) => error.code === 'MNS_UNREACHABLE');",
    changes: [
      "again.some(({ error }) => error.code === 'MNS_UNREACHABLE') → again.every(({ error }) => error.code === 'MNS_UNREACHABLE')",
    ],
    why: 'A call without an answer fails for all of its messages, an answered one for none; and of no messages, nothing is repeated.',
  },
  {
    file: `${SETTLE}/settler.ts`,
    line: 'if (ours !== undefined) errors.set(ours, refusedDelete(mnsCode));',
    changes: ['ours !== undefined → true'],
    why: 'What the service says of a handle that it was not asked about would be kept for nobody.',
  },
  {
    file: `${SETTLE}/settler.ts`,
    line: 'if (failed.length === 0 || attempt >= MAX_ATTEMPTS || this.#stop.signal.aborted) return new Set();',
    changes: ['failed.length === 0 → false'],
    why: 'Of nothing, nothing is left in the end. The check saves a draw.',
  },
  {
    file: `${BRIDGE}/consume/patience.ts`,
    line: 'if (this.over.aborted || nowMs + ms >= this.#overAtMs) return;',
    changes: ['nowMs + ms >= this.#overAtMs → nowMs + ms > this.#overAtMs'],
    why: 'The same deadline once more is the same deadline.',
  },
  {
    file: `${BRIDGE}/consume/progress.ts`,
    line: 'if (at.pollSinceMs !== undefined && nowMs - at.pollSinceMs > LONGEST_POLL_MS) return true;',
    changes: ['at.pollSinceMs !== undefined → true'],
    why: 'No comparison with `undefined` holds. The check is for the compiler.',
  },
  {
    file: `${BRIDGE}/dedup/memory-deduplicator.ts`,
    line: 'lastToken += 1;',
    changes: ['lastToken += 1 → lastToken -= 1'],
    why: 'Whether the numbers rise or fall, no two tokens are equal.',
  },
  {
    file: `${BRIDGE}/dispatch/dispatcher.ts`,
    line: 'const context: MessageContext = { notification, frame, unfinished: [], open: new Map() };',
    changes: ['[] → ["Stryker was here"]'],
    why: 'What is no promise is waited for in no time.',
  },
  {
    file: `${BRIDGE}/dispatch/dispatcher.ts`,
    line: "const isQueued = delivery.source === 'queue';",
    changes: ["delivery.source === 'queue' → true"],
    why: 'A push has none of these instants anyway. The check is for the compiler.',
  },
  {
    file: `${BRIDGE}/dispatch/event-stream.ts`,
    line: 'const state = { isOver: false };',
    changes: ['{ isOver: false } → {}'],
    why: 'A member that is not there is as good as `false`.',
  },
  {
    file: `${BRIDGE}/dispatch/known-messages.ts`,
    line: 'if (this.#messages.size > LIMIT && oldest !== undefined) this.#messages.delete(oldest);',
    changes: ['oldest !== undefined → true'],
    why: 'A map with entries has a first. The check is for the compiler.',
  },
  {
    file: `${BRIDGE}/dispatch/listener-call.ts`,
    line: 'return { promise, resolve: (value) => resolve?.(value) };',
    changes: ['resolve?.(value) → resolve(value)'],
    why: 'A promise sets it while it is made, which the compiler cannot see.',
  },
  {
    file: `${BRIDGE}/dispatch/node-events.ts`,
    line: 'void iterator.return?.();',
    changes: ['iterator.return?.() → iterator.return()'],
    why: 'The iterator of Node has a `return`. The check is for the compiler.',
  },
  {
    file: `${BRIDGE}/dispatch/node-events.ts`,
    line: "void once(emitter, 'sample');",
    changes: ['\'sample\' → ""'],
    why: 'Whatever is waited for, what listens for `error` is the same.',
  },
  {
    file: `${BRIDGE}/dispatch/node-events.ts`,
    line: "emitter.emit('sample');",
    changes: ['\'sample\' → ""'],
    why: 'Nobody waits for the sample: ending it only leaves nothing behind.',
  },
  {
    file: `${BRIDGE}/dispatch/until-handled.ts`,
    line: 'const state = { isRunning: false };',
    changes: ['{ isRunning: false } → {}'],
    why: 'A member that is not there is as good as `false`.',
  },
  {
    file: `${BRIDGE}/dispatch/verdict.ts`,
    line: 'return verdicts.length === 1 && first !== undefined ? first : Promise.all(verdicts).then(strictest);',
    changes: [
      'verdicts.length === 1 && first !== undefined → false',
      'first !== undefined → true',
      'first !== undefined → first === undefined',
    ],
    why: 'Of a single verdict, the strictest is itself; it is not waited for twice to spare time. The check is for the compiler.',
  },
  {
    file: `${BRIDGE}/dispatch/verdict.ts`,
    line: "if (one.type === 'release' && other.type === 'release') return RELEASE_RANK[one.reason] > RELEASE_RANK[other.reason];",
    changes: [
      'RELEASE_RANK[one.reason] > RELEASE_RANK[other.reason] → RELEASE_RANK[one.reason] >= RELEASE_RANK[other.reason]',
    ],
    why: 'Two of the same reason say the same.',
  },
  {
    file: `${IMM}/agenda.ts`,
    line: '(a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.sequence < b.sequence),',
    changes: ['a.sequence < b.sequence → a.sequence <= b.sequence'],
    why: 'No two items have the same sequence.',
  },
  {
    file: `${IMM}/task-engine.ts`,
    line: "end: endsAtMs === undefined ? undefined : this.#agenda.add(endsAtMs, { kind: 'end', entry }),",
    changes: ['\'end\' → ""'],
    why: 'What is neither a publication nor a start is an end.',
  },
  {
    file: `${IMM}/task-engine.ts`,
    line: 'for (let atMs = this.nextDueMs; atMs !== undefined && atMs <= nowMs; atMs = this.nextDueMs) {',
    changes: ['atMs !== undefined → true'],
    why: 'No comparison with `undefined` holds. The check is for the compiler.',
  },
  {
    file: `${IMM}/task-engine.ts`,
    line: "end: end === undefined ? undefined : this.#agenda.restore({ ...end, value: { kind: 'end', entry } }),",
    changes: ['\'end\' → ""'],
    why: 'What is neither a publication nor a start is an end.',
  },
  {
    file: `${IMM}/task-record.ts`,
    line: '...(notify === undefined ? {} : { notify }),',
    changes: ['notify === undefined → false'],
    why: NO_MEMBER,
  },
  {
    file: `${IMM}/task-record.ts`,
    line: '...(startedAtMs === undefined ? {} : { startedAtMs }),',
    changes: ['startedAtMs === undefined → false'],
    why: NO_MEMBER,
  },
  {
    file: `${IMM}/task-record.ts`,
    line: '...(endedAtMs === undefined ? {} : { endedAtMs }),',
    changes: ['endedAtMs === undefined → false'],
    why: NO_MEMBER,
  },
  {
    file: `${IMM}/task-record.ts`,
    line: '...(outcome === undefined ? {} : { outcome }),',
    changes: ['outcome === undefined → false'],
    why: NO_MEMBER,
  },
  {
    file: `${IMM}/task-record.ts`,
    line: "const start = task.state === 'submitted' ? schedule?.start?.value : undefined;",
    changes: ['schedule?.start → schedule.start'],
    why: 'A task that has not ended has a schedule. The check is for the compiler.',
  },
  {
    file: `${IMM}/task-record.ts`,
    line: 'expiry: planned(expiry?.value ?? { atMs: task.submittedAtMs, sequence: 0 }),',
    changes: ['expiry?.value → expiry.value', '{ atMs: task.submittedAtMs, sequence: 0 } → {}'],
    why: 'Every task has its expiry from its creation. The check is for the compiler.',
  },
  {
    file: `${IMM}/imm-state.ts`,
    line: '...(idempotencyKey === undefined ? {} : { idempotencyKey }),',
    changes: ['idempotencyKey === undefined → false'],
    why: AS_IF_ABSENT,
  },
  {
    file: `${IMM}/imm-state.ts`,
    line: '...(exclusiveKey === undefined ? {} : { exclusiveKey }),',
    changes: ['exclusiveKey === undefined → false'],
    why: AS_IF_ABSENT,
  },
  {
    file: `${IMM}/imm-state.ts`,
    line: '...(start === undefined ? {} : { start }),',
    changes: ['start === undefined → false'],
    why: AS_IF_ABSENT,
  },
  {
    file: `${IMM}/imm-state.ts`,
    line: '...(end === undefined ? {} : { end }),',
    changes: ['end === undefined → false'],
    why: AS_IF_ABSENT,
  },
  {
    file: `${IMM}/imm-state-schema.ts`,
    line: "const outcome: z.ZodType<TaskOutcome> = z.discriminatedUnion('ok', [",
    changes: ['\'ok\' → ""'],
    why: DOES_NOT_LOAD,
  },
  {
    file: `${IMM}/imm-state-schema.ts`,
    line: 'z.strictObject({ ok: z.literal(true), result: members }),',
    changes: ['{ ok: z.literal(true), result: members } → {}'],
    why: DOES_NOT_LOAD,
  },
  {
    file: `${IMM}/imm-state-schema.ts`,
    line: 'z.strictObject({ ok: z.literal(false), code: z.string(), message: z.string() }),',
    changes: ['{ ok: z.literal(false), code: z.string(), message: z.string() } → {}'],
    why: DOES_NOT_LOAD,
  },
  {
    file: `${IMM}/task-book.ts`,
    line: 'const earlier = idempotencyKey === undefined ? undefined : shelf?.repeats.get(idempotencyKey)?.task;',
    changes: ['idempotencyKey === undefined → false'],
    why: ONLY_FOR_TYPES,
  },
  {
    file: `${IMM}/task-book.ts`,
    line: 'const busy = exclusiveKey !== undefined && shelf?.busy.has(exclusiveKey) === true;',
    changes: ['exclusiveKey !== undefined → true'],
    why: ONLY_FOR_TYPES,
  },
  {
    file: `${IMM}/task-book.ts`,
    line: "if (exclusiveKey !== undefined && shelf.busy.has(exclusiveKey)) return refused('resource-busy');",
    changes: ['exclusiveKey !== undefined → true'],
    why: ONLY_FOR_TYPES,
  },
  {
    file: `${IMM}/task-book.ts`,
    line: 'if (idempotencyKey !== undefined) shelf.repeats.set(idempotencyKey, entry);',
    changes: ['idempotencyKey !== undefined → true'],
    why: ONLY_FOR_TYPES,
  },
  {
    file: `${IMM}/task-book.ts`,
    line: 'if (exclusiveKey !== undefined) shelf.busy.set(exclusiveKey, entry);',
    changes: ['exclusiveKey !== undefined → true'],
    why: ONLY_FOR_TYPES,
  },
  {
    file: `${IMM}/task-book.ts`,
    line: 'if (key !== undefined && shelf.repeats.get(key) === entry) shelf.repeats.delete(key);',
    changes: ['key !== undefined → true'],
    why: ONLY_FOR_TYPES,
  },
  {
    file: `${IMM}/task-entry.ts`,
    line: 'if (plan.exclusiveKey !== undefined) shelf.busy.delete(plan.exclusiveKey);',
    changes: ['plan.exclusiveKey !== undefined → true'],
    why: ONLY_FOR_TYPES,
  },
  {
    file: `${IMM}/task-book.ts`,
    line: 'if (expiry !== undefined) this.#expiries.remove(expiry);',
    changes: ['expiry !== undefined → true'],
    why: 'Every task has its expiry from its creation; it is set a line after the entry only because it holds the entry.',
  },
  {
    file: `${IMM}/task-book.ts`,
    line: 'shelf.byType.get(plan.taskType)?.delete(plan.taskId);',
    changes: ['shelf.byType.get(plan.taskType)?.delete → shelf.byType.get(plan.taskType).delete'],
    why: 'A task is on the list of its type for as long as it is kept. The check is for the compiler.',
  },
  {
    file: `${IMM}/task-book.ts`,
    line: 'if (shelf.all.size === 0) this.#shelves.delete(plan.project);',
    changes: ['shelf.all.size === 0 → false'],
    why: 'An empty shelf answers like none; it is thrown away to spare memory.',
  },
  {
    file: `${MNS}/message-record.ts`,
    line: 'const { state, dueAtMs, firstDequeuedAtMs, dequeueCount, handleCount, firstHandle, handles = [] } = message;',
    changes: ['[] → ["Stryker was here"]'],
    why: 'What has no end is left out, like what has ended.',
  },
  {
    file: `${MNS}/message-record.ts`,
    line: 'const group = messageGroupId === undefined ? {} : { messageGroupId };',
    changes: ['messageGroupId === undefined → false'],
    why: AS_IF_ABSENT,
  },
  {
    file: `${MNS}/message-record.ts`,
    line: 'if (life.handles.length > 0) {',
    changes: ['life.handles.length > 0 → true', 'life.handles.length > 0 → life.handles.length >= 0'],
    why: 'A map of no handles answers like none; it is not made to spare memory.',
  },
  {
    file: `${MNS}/mns-state-schema.ts`,
    line: "(tag) => checkTag('FilterTag', tag) === undefined,",
    changes: ['\'FilterTag\' → ""'],
    why: 'Only whether anything is wrong with the tag counts here, not how it would be called.',
  },
  {
    file: `${MNS}/message-id.ts`,
    line: "export function idPrefix(resourceName: string, shape: MessageIdShape = 'current'): string {",
    changes: ['\'current\' → ""'],
    why: NEITHER_OLD,
  },
  {
    file: `${MNS}/message-id.ts`,
    line: "export function messageId(prefix: string, nowMs: number, sequence: number, shape: MessageIdShape = 'current'): string {",
    changes: ['\'current\' → ""'],
    why: NEITHER_OLD,
  },
  {
    file: `${MNS}/model-settings.ts`,
    line: "export const DEFAULT_MODEL_SETTINGS: ModelSettings = { messageIdShape: 'current', stripes: 1 };",
    changes: ['\'current\' → ""'],
    why: NEITHER_OLD,
  },
  {
    file: `${MNS}/message.ts`,
    line: "return Buffer.byteLength(body, 'utf8');",
    changes: ['\'utf8\' → ""'],
    why: 'Node counts the same without the word.',
  },
  {
    file: `${MNS}/receipt-handle.ts`,
    line: "const [, messageId = '', encoded = ''] = SHAPE.exec(handle) ?? [];",
    changes: ['\'\' → "Stryker was here!"', '[] → ["Stryker was here"]'],
    why: 'The payload decides whether it is a handle, and neither of these texts is the base64 of one.',
  },
  {
    file: `${MNS}/receipt-handle.ts`,
    line: 'const SHAPE = /^([0-9A-F]{32}|[0-9A-F]{16}-1-[0-9A-F]{1,13}-[0-9A-F]{9,13})-([A-Za-z0-9]+={0,2})$/;',
    changes: [
      '/^([0-9A-F]{32}|[0-9A-F]{16}-1-[0-9A-F]{1,13}-[0-9A-F]{9,13})-([A-Za-z0-9]+={0,2})$/ → /([0-9A-F]{32}|[0-9A-F]{16}-1-[0-9A-F]{1,13}-[0-9A-F]{9,13})-([A-Za-z0-9]+={0,2})$/',
      '/^([0-9A-F]{32}|[0-9A-F]{16}-1-[0-9A-F]{1,13}-[0-9A-F]{9,13})-([A-Za-z0-9]+={0,2})$/ → /^([0-9A-F]{32}|[0-9A-F]{16}-1-[0-9A-F]{1,13}-[0-9A-F]{9,13})-([A-Za-z0-9]+={0,2})/',
    ],
    why: WRITTEN_ANEW,
  },
  {
    file: `${MNS}/receipt-handle.ts`,
    line: '/^(?<offset>\\d{1,15}) (?<issuedAtMs>\\d{1,15}) (?<invisibleMs>\\d{1,15}) (?<serial>\\d{1,15}) 0 emu-broker-0 0 \\d+\\|\\w{6}$/;',
    changes: [
      '/^(?<offset>\\d{1,15}) (?<issuedAtMs>\\d{1,15}) (?<invisibleMs>\\d{1,15}) (?<serial>\\d{1,15}) 0 emu-broker-0 0 \\d+\\|\\w{6}$/ → /(?<offset>\\d{1,15}) (?<issuedAtMs>\\d{1,15}) (?<invisibleMs>\\d{1,15}) (?<serial>\\d{1,15}) 0 emu-broker-0 0 \\d+\\|\\w{6}$/',
      '/^(?<offset>\\d{1,15}) (?<issuedAtMs>\\d{1,15}) (?<invisibleMs>\\d{1,15}) (?<serial>\\d{1,15}) 0 emu-broker-0 0 \\d+\\|\\w{6}$/ → /^(?<offset>\\d{1,15}) (?<issuedAtMs>\\d{1,15}) (?<invisibleMs>\\d{1,15}) (?<serial>\\d{1,15}) 0 emu-broker-0 0 \\d+\\|\\w{6}/',
    ],
    why: WRITTEN_ANEW,
  },
  {
    file: `${MNS}/receipt-handle.ts`,
    line: "return `${messageId}-${Buffer.from(payload, 'latin1').toString('base64')}`;",
    changes: ['\'latin1\' → ""'],
    why: 'The payload has characters of ASCII only.',
  },
  {
    file: `${MNS}/delivery-target.ts`,
    line: "if (match.groups?.['path'] === undefined) url.pathname = DEFAULT_PUSH_PATH;",
    changes: ["match.groups?.['path'] → match.groups['path']"],
    why: 'A pattern with named groups always has them. The check is for the compiler.',
  },
  {
    file: `${MNS}/recent-count.ts`,
    line: 'if (this.#gone > 1024 && this.#gone * 2 > this.#runs.length) {',
    changes: [
      'this.#gone > 1024 && this.#gone * 2 > this.#runs.length → true',
      'this.#gone > 1024 && this.#gone * 2 > this.#runs.length → false',
      'this.#gone > 1024 && this.#gone * 2 > this.#runs.length → this.#gone > 1024 || this.#gone * 2 > this.#runs.length',
      'this.#gone > 1024 → true',
      'this.#gone > 1024 → this.#gone >= 1024',
      'this.#gone > 1024 → this.#gone <= 1024',
      'this.#gone * 2 > this.#runs.length → true',
      'this.#gone * 2 > this.#runs.length → this.#gone * 2 >= this.#runs.length',
    ],
    why: 'When the forgotten ones are cut off changes time and memory, not the count.',
  },
  {
    file: `${MNS}/recent-count.ts`,
    line: 'if ((this.#runs[this.#gone]?.atMs ?? Infinity) > atMs) return undefined;',
    changes: ['(this.#runs[this.#gone]?.atMs ?? Infinity) > atMs → false'],
    why: 'What is too early is not found in the loop either; the check spares the way through it.',
  },
  {
    file: `${MNS}/recent-count.ts`,
    line: 'for (let index = this.#runs.length - 1; index >= this.#gone; index -= 1) {',
    changes: ['this.#runs.length - 1 → this.#runs.length + 1'],
    why: 'Behind the last there is nothing, which is passed over.',
  },
  {
    file: `${MNS}/recent-count.ts`,
    line: 'if (run !== undefined && run.atMs <= atMs) return run.atMs === atMs ? run.count : undefined;',
    changes: ['run !== undefined → true'],
    why: 'Every index of the loop has its run. The check is for the compiler.',
  },
  {
    file: `${MNS}/topics.ts`,
    line: "this.#note?.([topicName, 'published', atMs], () => this.#topics.get(topicName)?.published.countAt(atMs));",
    changes: ['() => this.#topics.get(topicName)?.published.countAt(atMs) → () => undefined'],
    why: 'A new topic of the name that is published to at the same instant notes its count itself, and later.',
  },
  {
    file: `${MNS}/subscription.ts`,
    line: 'const isTooSmall = queueMaximumBytes !== undefined && queueMaximumBytes < topicMaximumBytes;',
    changes: ['queueMaximumBytes !== undefined → true'],
    why: 'No comparison with `undefined` holds. The check is for the compiler.',
  },
  {
    file: `${MNS}/topics.ts`,
    line: "const queueMaximumBytes = target.kind === 'queue' ? this.#queueMaximumBytes(target.queueName) : undefined;",
    changes: ["target.kind === 'queue' → true"],
    why: 'Any other target names no queue, and a queue without a name has no limit. The check is for the compiler.',
  },
  {
    file: `${MNS}/queues.ts`,
    line: 'if (expired.length > 0) this.#expired = [];',
    changes: ['expired.length > 0 → true', 'expired.length > 0 → expired.length >= 0'],
    why: 'An empty list is like another; the check spares one for each command.',
  },
  {
    file: `${MNS}/queues.ts`,
    line: "this.#note([queueName, 'sent'], () => this.#queues.get(queueName)?.sent);",
    changes: ['() => this.#queues.get(queueName)?.sent → () => undefined'],
    why: 'A new queue of the name notes itself how many it has taken, and later.',
  },
  {
    file: `${MNS}/queue.ts`,
    line: 'for (let next = active?.peek(); next !== undefined && messages.length < count; next = active?.peek()) {',
    changes: ['active?.peek → active.peek'],
    why: 'The second one: where the first gave a message, there is a storage node.',
  },
  {
    file: `${MNS}/queue.ts`,
    line: 'for (let next = active?.pop(); next !== undefined; next = active?.pop()) {',
    changes: ['active?.pop → active.pop'],
    why: 'The second one: where the first gave a message, there is a storage node.',
  },
  {
    file: `${MNS}/queue.ts`,
    line: 'for (const message of first) message.place = active?.push(message);',
    changes: ['active?.push → active.push'],
    why: 'What was taken out came from a storage node.',
  },
  {
    file: `${MNS}/queue.ts`,
    line: 'for (const [old, endsAtMs] of message.handles) if (endsAtMs <= nowMs) message.handles.delete(old);',
    changes: ['endsAtMs <= nowMs → false', 'endsAtMs <= nowMs → endsAtMs < nowMs'],
    why: 'An ended handle answers alike whether it is remembered or not; it is forgotten to spare memory.',
  },
  {
    file: `${MNS}/queue.ts`,
    line: "if (state === 'active') message.place = this.#activeOf(message)?.push(message);",
    changes: ['this.#activeOf(message)?.push → this.#activeOf(message).push'],
    why: 'A remainder of the number of nodes is the number of a node, which the compiler cannot see.',
  },
  {
    file: `${MNS}/queue.ts`,
    line: "(message.state === 'active' ? this.#activeOf(message) : this.#sleeping)?.remove(message.place);",
    changes: [
      "(message.state === 'active' ? this.#activeOf(message) : this.#sleeping)?.remove → (message.state === 'active' ? this.#activeOf(message) : this.#sleeping).remove",
    ],
    why: 'A remainder of the number of nodes is the number of a node, which the compiler cannot see.',
  },
  {
    file: `${MNS}/queue.ts`,
    line: 'if (active?.peek() !== undefined) return active;',
    changes: ['active?.peek → active.peek'],
    why: 'A remainder of the number of nodes is the number of a node, which the compiler cannot see.',
  },
  {
    file: `${MNS}/queue.ts`,
    line: 'if (message.expiry !== undefined) this.#expiring.remove(message.expiry);',
    changes: ['message.expiry !== undefined → true'],
    why: 'Every stored message has its expiry; it is set a line after the message only because it holds the message.',
  },
  {
    file: `${MNS}/stored-message.ts`,
    line: 'return endsAtMs !== undefined && nowMs < endsAtMs;',
    changes: ['endsAtMs !== undefined → true'],
    why: 'No comparison with `undefined` holds. The check is for the compiler.',
  },
  {
    file: `${MNS}/stored-message.ts`,
    line: '(a, b) => a.expiresAtMs < b.expiresAtMs || (a.expiresAtMs === b.expiresAtMs && a.offset < b.offset),',
    changes: [
      'a.expiresAtMs < b.expiresAtMs → a.expiresAtMs <= b.expiresAtMs',
      'a.expiresAtMs === b.expiresAtMs && a.offset < b.offset → false',
      'a.offset < b.offset → true',
      'a.offset < b.offset → a.offset <= b.offset',
      'a.offset < b.offset → a.offset >= b.offset',
    ],
    why: 'What expires at an instant goes all at once, in whatever order.',
  },
  {
    file: `${MNS}/stored-message.ts`,
    line: 'return difference < 0 || (difference === 0 && isDueBefore(a, b));',
    changes: ['difference < 0 → difference <= 0', 'difference === 0 && isDueBefore(a, b) → false'],
    why: 'Two messages would have to get the same of 2^32 numbers.',
  },
  {
    file: `${MNS}/stored-message.ts`,
    line: 'return a.dueAtMs < b.dueAtMs || (a.dueAtMs === b.dueAtMs && a.offset < b.offset);',
    changes: ['a.offset < b.offset → a.offset <= b.offset'],
    why: 'No two messages have the same place.',
  },
  {
    file: `${MNS}/ordered-queue.ts`,
    line: 'entry.index = -1;',
    changes: ['-1 → +1'],
    why: 'Both parts look whether the entry at its index is this one, and it is nowhere any more.',
  },
  {
    file: `${MNS}/ordered-queue.ts`,
    line: 'if (this.#holes > FEW_HOLES && this.#holes * 2 > this.#run.length) this.#closeHoles();',
    changes: [
      'this.#holes > FEW_HOLES → this.#holes >= FEW_HOLES',
      'this.#holes * 2 > this.#run.length → this.#holes * 2 >= this.#run.length',
    ],
    why: 'Whether the holes are closed one sooner changes nothing that anybody sees.',
  },
];
