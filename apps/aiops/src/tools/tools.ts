import { diagnose } from "./diagnose.ts";
import { getEvents } from "./get-events.ts";
import { getHealth } from "./get-health.ts";
import { getIncidents } from "./get-incidents.ts";
import { getRolloutHistory } from "./get-rollout-history.ts";
import { analyzeLogs, getLogs } from "./logs.ts";
import { applyRemediation, getRemediation, planRemediation } from "./remediation.ts";
import type { Tool } from "./tool.ts";
import { validateConfig } from "./validate-config.ts";

/** Every tool, in the order in which they are listed. */
export const tools: Tool[] = [
  getHealth,
  diagnose,
  getLogs,
  analyzeLogs,
  getEvents,
  getIncidents,
  validateConfig,
  getRolloutHistory,
  planRemediation,
  applyRemediation,
  getRemediation,
];
