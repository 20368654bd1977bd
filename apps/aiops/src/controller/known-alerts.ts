/**
 * The alerts of the chart, and of which component each tells. Any other is not listened to. `nobody`: the controller
 * fires it itself, and would hear itself.
 */
export const knownAlerts: Record<string, "frontend" | "backend" | "postgres" | "labelled" | "nobody"> = {
  TodoBackendDown: "backend",
  TodoFrontendDown: "frontend",
  TodoPodDown: "labelled",
  TodoDatabaseDown: "postgres",
  TodoDatabaseConnections: "postgres",
  TodoDatabaseGrows: "postgres",
  TodoErrors: "backend",
  TodoSlow: "backend",
  TodoRestarts: "labelled",
  TodoNeedsPerson: "nobody",
};
