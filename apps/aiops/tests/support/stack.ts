import type { Released, ReleasedObject, Snapshot } from "../../src/diagnosis/snapshot.ts";

/** An object as the API gives it, as JSON. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests change fields at any depth
export type Json = Record<string, any>;

/** Everything in a namespace, by the plural of its kind. */
export type Objects = Record<string, Json[]>;

export const now = Date.parse("2026-07-01T12:00:00Z");
const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

const labels = (component: string): Json => ({
  "app.kubernetes.io/name": "todo",
  "app.kubernetes.io/instance": "todo",
  "app.kubernetes.io/component": component,
});

const templateOf = (component: "backend" | "frontend" | "postgres", port: number): Json => ({
  metadata: { labels: labels(component) },
  spec: {
    ...(component === "frontend"
      ? {}
      : { volumes: [{ name: "secrets", projected: { sources: [{ secret: { name: `todo-${component}-1a2b` } }] } }] }),
    containers: [
      {
        name: component,
        image: `todo-${component}:a1b2c3`,
        ...(component === "postgres" ? {} : { envFrom: [{ configMapRef: { name: `todo-${component}` } }] }),
        ports: [{ name: component === "postgres" ? "postgres" : "http", containerPort: port }],
        readinessProbe: { httpGet: { path: "/health/ready", port: "http" } },
        startupProbe: { httpGet: { path: "/health/live", port: "http" } },
        resources: { requests: { memory: "256Mi", cpu: "250m" }, limits: { memory: "512Mi" } },
      },
    ],
  },
});

const service = (component: string, port: number, targetPort: string): Json => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: `todo-${component}`, labels: labels(component) },
  spec: { type: "ClusterIP", selector: labels(component), ports: [{ name: targetPort, port, targetPort }] },
});

const policy = (component: string, from: string, port: number): Json => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: `todo-${component}`, labels: labels(component) },
  spec: {
    podSelector: { matchLabels: labels(component) },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [{ podSelector: { matchLabels: labels(from) } }], ports: [{ port }] }],
  },
});

const workload = (kind: string, component: "backend" | "frontend" | "postgres", port: number): Json => ({
  apiVersion: "apps/v1",
  kind,
  metadata: { name: `todo-${component}`, labels: labels(component) },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels(component) },
    template: templateOf(component, port),
  },
});

/** What the chart renders. */
export const releasedObjects = (): ReleasedObject[] =>
  structuredClone([
    workload("Deployment", "backend", 8000),
    workload("Deployment", "frontend", 3000),
    workload("StatefulSet", "postgres", 5432),
    service("backend", 8000, "http"),
    service("frontend", 3000, "http"),
    service("postgres", 5432, "postgres"),
    policy("backend", "frontend", 8000),
    policy("postgres", "backend", 5432),
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "todo-backend" }, data: { LOG_LEVEL: "INFO" } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "todo-frontend" }, data: { LOG_LEVEL: "INFO" } },
  ] as ReleasedObject[]);

export const released = (): Released => ({ values: { backend: { replicas: 1 } }, objects: releasedObjects() });

/** A pod of a workload, ready. */
export const podOf = (component: "backend" | "frontend" | "postgres", port: number, suffix = "aaaa"): Json => ({
  metadata: {
    name: component === "postgres" ? "todo-postgres-0" : `todo-${component}-${suffix}`,
    uid: `pod-${component}-${suffix}`,
    labels: labels(component),
    creationTimestamp: ago(3600),
  },
  spec: templateOf(component, port).spec as Json,
  status: {
    phase: "Running",
    startTime: ago(3600),
    conditions: [
      { type: "PodScheduled", status: "True" },
      { type: "Ready", status: "True" },
    ],
    containerStatuses: [
      {
        name: component,
        image: `todo-${component}:a1b2c3`,
        ready: true,
        started: true,
        restartCount: 0,
        state: { running: { startedAt: ago(3500) } },
        lastState: {},
      },
    ],
  },
});

const replicaSet = (component: "backend" | "frontend", port: number, revision: number, ready: number): Json => ({
  metadata: {
    name: `todo-${component}-${revision}`,
    annotations: { "deployment.kubernetes.io/revision": String(revision) },
    ownerReferences: [{ uid: `uid-Deployment-todo-${component}` }],
  },
  spec: {
    replicas: ready,
    template: {
      ...templateOf(component, port),
      metadata: { labels: { ...labels(component), "pod-template-hash": `hash${revision}` } },
    },
  },
  status: { readyReplicas: ready },
});

/** The released objects as the API gives them: with what the server has filled in. */
const live = (object: Json): Json => {
  const isWorkload = object.kind === "Deployment" || object.kind === "StatefulSet";
  const { name } = object.metadata as { name: string };
  return {
    ...object,
    metadata: {
      ...(object.metadata as Json),
      namespace: "todo",
      uid: `uid-${String(object.kind)}-${name}`,
      resourceVersion: "1",
      generation: 1,
      annotations: { "deployment.kubernetes.io/revision": "2" },
    },
    ...(isWorkload
      ? {
          spec: { ...(object.spec as Json), progressDeadlineSeconds: 600 },
          status: { observedGeneration: 1, replicas: 1, readyReplicas: 1, updatedReplicas: 1, availableReplicas: 1 },
        }
      : {}),
  };
};

/** A stack in which all is well. */
export const healthy = (): Objects => {
  const objects = releasedObjects().map(live);
  const of = (kind: string): Json[] => objects.filter((object) => object.kind === kind);
  return structuredClone({
    deployments: of("Deployment"),
    statefulsets: of("StatefulSet"),
    replicasets: [
      replicaSet("backend", 8000, 1, 0),
      replicaSet("backend", 8000, 2, 1),
      replicaSet("frontend", 3000, 2, 1),
    ],
    pods: [podOf("backend", 8000), podOf("frontend", 3000), podOf("postgres", 5432)],
    services: of("Service"),
    endpointslices: ["backend", "frontend", "postgres"].map((component) => ({
      metadata: { name: `todo-${component}-x`, labels: { "kubernetes.io/service-name": `todo-${component}` } },
      endpoints: [{ addresses: ["10.244.0.5"], conditions: { ready: true } }],
    })),
    networkpolicies: of("NetworkPolicy"),
    configmaps: of("ConfigMap"),
    persistentvolumeclaims: [{ metadata: { name: "data-todo-postgres-0" }, status: { phase: "Bound" } }],
    horizontalpodautoscalers: [],
    events: [],
  });
};

/** Finds an object to change it. */
export const named = (list: Json[] | undefined, name: string): Json => {
  const found = list?.find((object) => (object.metadata as { name?: string }).name?.startsWith(name));
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

/** What the server would make of these objects. */
export const snapshotOf = (objects: Objects, readiness: Snapshot["readiness"] = [ok]): Snapshot => ({
  takenAt: now,
  namespace: "todo",
  released: released(),
  deployments: objects.deployments as Snapshot["deployments"],
  statefulSets: objects.statefulsets as Snapshot["statefulSets"],
  replicaSets: objects.replicasets as Snapshot["replicaSets"],
  pods: objects.pods as Snapshot["pods"],
  services: objects.services as Snapshot["services"],
  endpointSlices: objects.endpointslices as Snapshot["endpointSlices"],
  networkPolicies: objects.networkpolicies as Snapshot["networkPolicies"],
  configMaps: objects.configmaps as Snapshot["configMaps"],
  claims: objects.persistentvolumeclaims as Snapshot["claims"],
  autoscalers: objects.horizontalpodautoscalers as Snapshot["autoscalers"],
  events: objects.events as Snapshot["events"],
  readiness,
  answers: [],
  alerts: [],
});

const ok: Snapshot["readiness"][number] = { pod: "todo-backend-aaaa", database: "ok" };
