import { approveIncident } from "./approve-incident.ts";
import { diagnose } from "./diagnose-tool.ts";
import { getEvents } from "./get-events.ts";
import { getHealth } from "./get-health.ts";
import { getIncidents } from "./get-incidents.ts";
import { getRolloutHistory } from "./get-rollout-history.ts";
import { analyzeLogs, getLogs } from "./log-tools.ts";
import { applyRemediation, getRemediation, planRemediation } from "./remediation-tools.ts";
import type { Tool } from "./tool.ts";
import { validateConfig } from "./validate-config.ts";

/** Those that every server has: they read, or leave to a person whether the controller may do what it asks. */
const everywhere: Tool[] = [getHealth, diagnose, getLogs, analyzeLogs, getEvents, getIncidents, approveIncident];

/** Every tool, in the order in which they are listed. */
export const tools: Tool[] = [
  ...everywhere,
  validateConfig,
  getRolloutHistory,
  planRemediation,
  applyRemediation,
  getRemediation,
];

/**
 * Those of the controller in the cluster. It repairs by itself, within its policy: an assistant reads, and a person
 * agrees to what the controller asks.
 */
export const toolsInCluster: Tool[] = [...everywhere, getRolloutHistory];
