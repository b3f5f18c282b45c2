import type { AdminRoute } from './admin-route.js';
import { clockRoutes } from './routes/clock-routes.js';
import { faultRoutes } from './routes/fault-routes.js';
import { healthRoutes } from './routes/health-routes.js';
import { hintRoutes } from './routes/hint-routes.js';
import { inspectionRoutes } from './routes/inspection-routes.js';
import { journalRoutes } from './routes/journal-routes.js';
import { messageRoutes } from './routes/message-routes.js';
import { replyRoutes } from './routes/reply-routes.js';
import { stateRoutes } from './routes/state-routes.js';
import { taskRoutes } from './routes/task-routes.js';

/** Every route of the admin API but its own document. */
export const ADMIN_ROUTES: readonly AdminRoute[] = [
  ...healthRoutes,
  ...inspectionRoutes,
  ...clockRoutes,
  ...taskRoutes,
  ...messageRoutes,
  ...faultRoutes,
  ...replyRoutes,
  ...hintRoutes,
  ...journalRoutes,
  ...stateRoutes,
];
