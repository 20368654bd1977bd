/** The texts of this project that tests on a cluster change in a working copy. */
export const edits = {
  replicas: {
    file: "components/minikube-cluster.ts",
    text: "backend: { replicas: 1 }, frontend: { replicas: 1, service",
  },
  start: { file: "apps/backend/src/app/__main__.py", text: "    settings = load_settings()\n" },
  noTodo: { file: "apps/backend/src/app/todos/service.py", text: "You have no todo with this id." },
  heading: { file: "apps/frontend/src/components/account/credentials-form.tsx", text: "Create your account" },
  description: { file: "apps/backend/pyproject.toml", text: "The HTTP API" },
  labels: { file: "charts/todo/templates/backend/service.yaml", text: "  labels:\n" },
  annotations: { file: "charts/todo/templates/frontend/service.yaml", text: "  annotations:\n" },
} as const;
