/** The alerts of the chart, and of which component each tells. Any other is not listened to. */
export const knownAlerts: Record<string, "frontend" | "backend" | "postgres" | "labelled"> = {
  TodoBackendDown: "backend",
  TodoFrontendDown: "frontend",
  TodoPodDown: "labelled",
  TodoDatabaseDown: "postgres",
  TodoDatabaseConnections: "postgres",
  TodoErrors: "backend",
  TodoSlow: "backend",
  TodoRestarts: "labelled",
};
