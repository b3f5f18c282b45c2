// What the admin API tells, in the types of those who tell it: types only, nothing of the emulator runs in the page.
export type { ClockView, TaskView } from '../../../src/admin/admin-schemas.js';
export type { FaultView } from '../../../src/admin/routes/fault-routes.js';
export type { PendingDelivery } from '../../../src/mns/deliveries.js';
export type { QueueView, TopicView } from '../../../src/mns/model/commands.js';
export type { StoredMessageView } from '../../../src/mns/model/stored-message-view.js';
export type { Subscription } from '../../../src/mns/model/subscription.js';
export type { InspectedAccount } from '../../../src/operator/inspection.js';
export type { JournalEntry } from '../../../src/runtime/journal-entry.js';
export type { Hint } from '../../../src/runtime/hints/hint.js';
