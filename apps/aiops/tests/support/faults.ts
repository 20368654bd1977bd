import type { FindingKind } from "../../src/diagnosis/finding.ts";
import type { Action } from "../../src/remedies/action.ts";
import type { Readiness } from "../../src/diagnosis/snapshot.ts";
import { named, now, podOf } from "./stack.ts";
import type { Json, Objects } from "./stack.ts";

/** Something that goes wrong, and what must be said and done about it. */
export interface Fault {
  what: string;
  /** Breaks a healthy stack. */
  inject: (objects: Objects) => void;
  readiness?: Readiness[];
  /** The finding that must come first, and alone unless {@link also} says more. */
  expects: { kind: FindingKind; object: string };
  also?: FindingKind[];
  /** The action that must be chosen; `refused` where nothing in the closed set helps. */
  action: Action["type"] | "refused";
}

const at = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

/** A new revision of the backend whose pod does not run, while that of the one before serves on. */
const badRelease = (objects: Objects, change: (pod: Json) => void): void => {
  const pod = podOf("backend", 8000, "new");
  pod.status.conditions[1].status = "False";
  Object.assign(pod.status.containerStatuses[0], { ready: false, started: false });
  change(pod);
  objects.pods?.push(pod);
  named(objects.deployments, "todo-backend").status = {
    observedGeneration: 1,
    replicas: 2,
    readyReplicas: 1,
    updatedReplicas: 1,
  };
  named(objects.replicasets, "todo-backend-1").status.readyReplicas = 1;
  named(objects.replicasets, "todo-backend-2").status.readyReplicas = 0;
};

const waiting = (pod: Json, reason: string, message = ""): void => {
  pod.status.phase = "Pending";
  pod.status.containerStatuses[0].state = { waiting: { reason, message } };
};

const crashed = (pod: Json, reason: string, exitCode: number): void => {
  Object.assign(pod.status.containerStatuses[0], {
    ready: false,
    restartCount: 4,
    state: { waiting: { reason: "CrashLoopBackOff" } },
    lastState: { terminated: { reason, exitCode, finishedAt: at(10) } },
  });
};

const event = (pod: string, reason: string, message: string): Json => ({
  metadata: { name: `${pod}.${reason}` },
  type: "Warning",
  reason,
  message,
  lastTimestamp: at(5),
  involvedObject: { kind: "Pod", name: pod.replace("pod-", "todo-"), uid: pod },
});

const backend = "Deployment/todo-backend";

/** A database whose StatefulSet is as released again, and waits for a pod of the revision before, which is broken. */
export const leaveStuckPod = (objects: Objects): void => {
  const pod = named(objects.pods, "todo-postgres-0");
  waiting(pod, "ErrImageNeverPull");
  pod.status.conditions[1].status = "False";
  pod.status.containerStatuses[0].ready = false;
  pod.metadata.labels["controller-revision-hash"] = "todo-postgres-broken";
  named(objects.statefulsets, "todo-postgres").status = {
    observedGeneration: 1,
    replicas: 1,
    readyReplicas: 0,
    updatedReplicas: 0,
    currentRevision: "todo-postgres-broken",
    updateRevision: "todo-postgres-good",
  };
};

export const faults: Fault[] = [
  {
    what: "a database pod that is broken, for which its StatefulSet waits",
    inject: leaveStuckPod,
    readiness: [{ pod: "todo-backend-aaaa", database: "failed" }],
    expects: { kind: "image-missing", object: "StatefulSet/todo-postgres" },
    action: "replace",
  },
  {
    what: "a release with an image that is nowhere",
    inject: (objects) => badRelease(objects, (pod) => waiting(pod, "ErrImageNeverPull")),
    expects: { kind: "image-missing", object: backend },
    action: "roll-back",
  },
  {
    what: "an image that somebody has edited",
    inject: (objects) => {
      badRelease(objects, (pod) => waiting(pod, "ImagePullBackOff"));
      named(objects.deployments, "todo-backend").spec.template.spec.containers[0].image = "todo-backend:wrong";
    },
    expects: { kind: "image-missing", object: backend },
    action: "re-apply",
  },
  {
    what: "an image that was pruned, with nothing to go back to",
    inject: (objects) => waiting(named(objects.pods, "todo-backend"), "ErrImageNeverPull"),
    expects: { kind: "image-missing", object: backend },
    action: "refused",
  },
  {
    what: "a release that crashes",
    inject: (objects) => badRelease(objects, (pod) => crashed(pod, "Error", 1)),
    expects: { kind: "crash-loop", object: backend },
    action: "roll-back",
  },
  {
    what: "a release that needs more memory than it may have",
    inject: (objects) => badRelease(objects, (pod) => crashed(pod, "OOMKilled", 137)),
    expects: { kind: "out-of-memory", object: backend },
    action: "roll-back",
  },
  {
    what: "a release that never passes its probe",
    inject: (objects) => {
      badRelease(objects, (pod) => (pod.status.containerStatuses[0].started = true));
      objects.events?.push(event("pod-backend-new", "Unhealthy", "HTTP probe failed with statuscode: 404"));
    },
    expects: { kind: "failing-probe", object: backend },
    action: "roll-back",
  },
  {
    what: "a pod that hangs",
    inject: (objects) => {
      const pod = named(objects.pods, "todo-frontend");
      pod.status.conditions[1].status = "False";
      pod.status.containerStatuses[0].ready = false;
      objects.events?.push(event("pod-frontend-aaaa", "Unhealthy", "context deadline exceeded"));
    },
    expects: { kind: "failing-probe", object: "Deployment/todo-frontend" },
    action: "restart",
  },
  {
    what: "a release for which no node has room",
    inject: (objects) =>
      badRelease(objects, (pod) => {
        pod.status.phase = "Pending";
        pod.status.containerStatuses = [];
        pod.status.conditions = [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message: "0/1 nodes: 1 Insufficient memory.",
          },
        ];
      }),
    expects: { kind: "unschedulable", object: backend },
    action: "roll-back",
  },
  {
    what: "a release that names a Secret which is not there",
    inject: (objects) => {
      badRelease(objects, (pod) => {
        waiting(pod, "ContainerCreating");
        pod.spec.volumes[0].projected.sources[0].secret.name = "todo-backend-gone";
      });
      objects.events?.push(
        event(
          "pod-backend-new",
          "FailedMount",
          'MountVolume.SetUp failed for volume "secrets" : secret "todo-backend-gone" not found',
        ),
      );
    },
    expects: { kind: "missing-reference", object: backend },
    action: "roll-back",
  },
  {
    what: "a ConfigMap that was deleted, and a pod that starts anew",
    inject: (objects) => {
      objects.configmaps = objects.configmaps?.slice(1) ?? [];
      waiting(named(objects.pods, "todo-backend"), "CreateContainerConfigError", 'configmap "todo-backend" not found');
    },
    expects: { kind: "missing-reference", object: backend },
    also: ["drift"],
    action: "refused",
  },
  {
    what: "a workload that was scaled to zero",
    inject: (objects) => {
      const deployment = named(objects.deployments, "todo-frontend");
      deployment.spec.replicas = 0;
      deployment.status = { observedGeneration: 1 };
      objects.pods = objects.pods?.filter((pod) => !String(pod.metadata.name).startsWith("todo-frontend")) ?? [];
    },
    expects: { kind: "scaled-to-zero", object: "Deployment/todo-frontend" },
    action: "scale",
  },
  {
    what: "a Service with a wrong target port",
    inject: (objects) => (named(objects.services, "todo-backend").spec.ports[0].targetPort = 8001),
    expects: { kind: "service-misrouted", object: "Service/todo-backend" },
    action: "re-apply",
  },
  {
    what: "a Service that selects nothing",
    inject: (objects) => (named(objects.services, "todo-backend").spec.selector = { app: "other" }),
    expects: { kind: "service-misrouted", object: "Service/todo-backend" },
    action: "re-apply",
  },
  {
    what: "a NetworkPolicy that was deleted, and with it the way to the database",
    inject: (objects) =>
      (objects.networkpolicies =
        objects.networkpolicies?.filter((each) => each.metadata.name !== "todo-postgres") ?? []),
    readiness: [{ pod: "todo-backend-aaaa", database: "timed out" }],
    expects: { kind: "network-policy", object: "NetworkPolicy/todo-postgres" },
    action: "re-apply",
  },
  {
    what: "a NetworkPolicy whose rules were taken out",
    inject: (objects) => (named(objects.networkpolicies, "todo-postgres").spec.ingress = []),
    readiness: [{ pod: "todo-backend-aaaa", database: "failed" }],
    expects: { kind: "network-policy", object: "NetworkPolicy/todo-postgres" },
    action: "re-apply",
  },
  {
    what: "a NetworkPolicy that nobody released",
    inject: (objects) =>
      objects.networkpolicies?.push({
        metadata: { name: "stranger" },
        spec: { podSelector: {}, policyTypes: ["Ingress"] },
      }),
    expects: { kind: "network-policy", object: "NetworkPolicy/stranger" },
    action: "refused",
  },
  {
    what: "a database that refuses the password",
    inject: () => undefined,
    readiness: [{ pod: "todo-backend-aaaa", database: "failed" }],
    expects: { kind: "database-refuses", object: "StatefulSet/todo-postgres" },
    action: "restart",
  },
  {
    what: "a database that does not answer",
    inject: () => undefined,
    readiness: [{ pod: "todo-backend-aaaa", database: "timed out" }],
    expects: { kind: "database-unreachable", object: "StatefulSet/todo-postgres" },
    action: "refused",
  },
  {
    what: "a database on a node that is lost, whose pod does not end",
    inject: (objects) => {
      const pod = named(objects.pods, "todo-postgres-0");
      pod.spec.nodeName = "lost";
      pod.metadata.deletionTimestamp = at(30);
      pod.status.conditions[1] = { type: "Ready", status: "False", lastTransitionTime: at(330) };
      named(objects.statefulsets, "todo-postgres").status.readyReplicas = 0;
    },
    readiness: [{ pod: "todo-backend-aaaa", database: "timed out" }],
    expects: { kind: "no-pod-ready", object: "StatefulSet/todo-postgres" },
    action: "refused",
  },
  {
    what: "a pod that was evicted since its disk is full",
    inject: (objects) => {
      const pod = podOf("backend", 8000, "evicted");
      const ended = { terminated: { reason: "Error", exitCode: 137, finishedAt: at(120) } };
      pod.status = {
        containerStatuses: [{ name: "backend", ready: false, restartCount: 0, state: ended, lastState: {} }],
        phase: "Failed",
        reason: "Evicted",
        message: 'Usage of EmptyDir volume "tmp" exceeds the limit "64Mi".',
        startTime: at(7200),
        conditions: [{ type: "DisruptionTarget", status: "True", lastTransitionTime: at(120) }],
      };
      objects.pods?.push(pod);
    },
    expects: { kind: "disk-full", object: backend },
    action: "refused",
  },
  {
    what: "a pod that was evicted since its disk is full, and ended in good order",
    inject: (objects) => {
      const pod = podOf("backend", 8000, "evicted");
      pod.status = { phase: "Succeeded", startTime: at(7200) };
      objects.pods?.push(pod);
      const message = 'Usage of EmptyDir volume "tmp" exceeds the limit "64Mi". ';
      objects.events?.push(event("pod-backend-evicted", "Evicted", message));
    },
    expects: { kind: "disk-full", object: backend },
    action: "refused",
  },
  {
    what: "an edited ConfigMap",
    inject: (objects) => (named(objects.configmaps, "todo-backend").data.LOG_LEVEL = "DEBUG"),
    expects: { kind: "drift", object: "ConfigMap/todo-backend" },
    action: "re-apply",
  },
];
