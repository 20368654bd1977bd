/** A fault in the chart, and what `up` must say of it. */
export interface Fault {
  what: string;
  file: "backend/deployment.yaml" | "postgres/_config.tpl";
  edit: [from: string, to: string];
  /** Pod, container and reason. */
  says: RegExp;
  /** One of the lines that explain it. */
  shows?: RegExp;
}

/** The line of the backend's template that says what it may use. */
const resources = "{{- toYaml .Values.backend.resources | nindent 12 }}";

/** The fault that is found soonest. */
export const quickest: Fault = {
  what: "no node with room",
  file: "backend/deployment.yaml",
  edit: [resources, 'limits: {cpu: "100", memory: 512Mi, ephemeral-storage: 1Gi}'],
  says: /pod todo-backend-\S+ finds no node: .*Insufficient cpu/,
};

const pull = "imagePullPolicy: {{ .Values.global.imagePullPolicy }}";
const wait = "[python, -m, app.wait_for_database]";

/** The other faults that a release must name. */
export const faults: Fault[] = [
  {
    what: "an image that is nowhere",
    file: "backend/deployment.yaml",
    edit: [`image: {{ $image }}\n          ${pull}`, `image: {{ $image }}-not-built\n          ${pull}`],
    says: /pod todo-backend-\S+, container wait-for-database has no image todo-backend:\w+-not-built: ./,
  },
  {
    what: "too little memory",
    file: "backend/deployment.yaml",
    edit: [resources, "limits: {cpu: 500m, memory: 12Mi, ephemeral-storage: 1Gi}"],
    says: /pod todo-backend-\S+, container wait-for-database needs more than its 12Mi of memory, \d+ restarts/,
  },
  {
    what: "a probe that never passes",
    file: "backend/deployment.yaml",
    edit: ["path: /health/ready", "path: /health/nothing"],
    says: /pod todo-backend-\S+, container backend never passes its probe/,
    shows: /event: Readiness probe failed: HTTP probe failed with statuscode: 404/,
  },
  {
    what: "an init container that waits for what never comes",
    file: "backend/deployment.yaml",
    edit: [wait, `[python, -c, "import time; print('waits for nothing', flush=True); time.sleep(600)"]`],
    says: /pod todo-backend-\S+, container wait-for-database has not ended/,
    shows: /log: waits for nothing/,
  },
  {
    // A StatefulSet never replaces a broken pod of an older revision by itself: going back must.
    what: "a database that cannot start",
    file: "postgres/_config.tpl",
    edit: [
      '(printf "%dMB" (include "todo.postgres.quarter" .Values.postgres.resources.limits.memory | int64))',
      '"nothing"',
    ],
    says: /pod todo-postgres-0, container postgres ends again and again with exit code 1/,
    shows: /log: .*invalid value for parameter "shared_buffers"/,
  },
];
