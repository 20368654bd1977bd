import type { ResourceValidationPolicy } from "@pulumi/policy";
import { isObject } from "../provider/engine/marks.ts";
import { objectsOf, raw } from "./resource-properties.ts";

/** As much as is read of a container. */
interface Container {
  name: string;
  ports?: { hostPort?: number }[];
  securityContext?: SecurityContext;
}

/** As much as is read of a pod. */
interface Pod {
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  volumes?: Record<string, unknown>[];
  initContainers?: Container[];
  containers?: Container[];
  securityContext?: SecurityContext;
}

interface SecurityContext {
  runAsNonRoot?: boolean;
  runAsUser?: number;
  seccompProfile?: { type?: string };
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  capabilities?: { drop?: string[]; add?: string[] };
}

interface Rule<Subject extends unknown[]> {
  holds: (...subject: Subject) => boolean;
  /** What is wrong when it does not hold. */
  wrong: string;
  /** What to write instead. */
  change: string;
}

const volumeTypes = [
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"],
];

const podRules: Rule<[Pod]>[] = [
  {
    holds: (pod) => !pod.hostNetwork && !pod.hostPID && !pod.hostIPC,
    wrong: "it shares the network, the processes or the memory of its node",
    change: "remove hostNetwork, hostPID and hostIPC",
  },
  {
    holds: ({ volumes = [] }) =>
      volumes.every((volume) => Object.keys(volume).every((key) => key === "name" || volumeTypes.includes(key))),
    wrong: "it mounts a folder of its node, or another kind of volume that reaches out of the pod",
    change: `keep to volumes of the kinds ${volumeTypes.join(", ")}`,
  },
];

const containerRules: Rule<[SecurityContext, SecurityContext, Container]>[] = [
  {
    holds: (own, pod) => (own.runAsNonRoot ?? pod.runAsNonRoot) === true && (own.runAsUser ?? pod.runAsUser) !== 0,
    wrong: "it may run as root",
    change: "set runAsNonRoot: true, and no runAsUser: 0",
  },
  {
    holds: (own) => own.allowPrivilegeEscalation === false && own.privileged !== true,
    wrong: "its processes may gain more rights than they start with",
    change: "set allowPrivilegeEscalation: false and privileged: false",
  },
  {
    holds: ({ capabilities: { drop = [], add = [] } = {} }) =>
      drop.includes("ALL") && add.every((capability) => capability === "NET_BIND_SERVICE"),
    wrong: "it keeps capabilities of root",
    change: 'set capabilities: { drop: ["ALL"] } and add none but NET_BIND_SERVICE',
  },
  {
    holds: (own, pod) =>
      ["RuntimeDefault", "Localhost"].includes((own.seccompProfile ?? pod.seccompProfile)?.type ?? ""),
    wrong: "it may make every system call",
    change: "set seccompProfile: { type: RuntimeDefault }",
  },
  {
    holds: (own) => own.readOnlyRootFilesystem === true,
    wrong: "it can change its own programs",
    change: "set readOnlyRootFilesystem: true, and mount an emptyDir where it must write",
  },
  {
    holds: (_own, _pod, { ports = [] }) => ports.every(({ hostPort }) => hostPort === undefined),
    wrong: "it takes a port of its node",
    change: "remove hostPort",
  },
];

/** Refuses a pod that the namespace would not admit, or whose container could change its own programs. */
export const restrictedPods: ResourceValidationPolicy = {
  name: "restricted-pods",
  description:
    "Every pod of the chart keeps to Kubernetes' restricted pod security, with a read-only root file system.",
  validateResource: ({ type, props }, report) => {
    const properties = raw(props);
    if (type !== "minikube:index:Manifests" || properties["stale"] === true) return;
    for (const [object, manifest] of Object.entries(objectsOf(properties))) {
      const pod = podOf(manifest);
      if (pod === undefined) continue;
      for (const { where, wrong, change } of violationsIn(pod)) {
        report(`${object}, ${where}: ${wrong}. In its template in charts/todo/templates, ${change}.`);
      }
    }
  },
};

function violationsIn(pod: Pod): { where: string; wrong: string; change: string }[] {
  const containers = [...(pod.initContainers ?? []), ...(pod.containers ?? [])];
  const broken = <Subject extends unknown[]>(where: string, rules: Rule<Subject>[], ...subject: Subject) =>
    rules.filter(({ holds }) => !holds(...subject)).map(({ wrong, change }) => ({ where, wrong, change }));
  return [
    ...broken("pod", podRules, pod),
    ...containers.flatMap((container) =>
      broken(
        `container ${container.name}`,
        containerRules,
        container.securityContext ?? {},
        pod.securityContext ?? {},
        container,
      ),
    ),
  ];
}

/** The pod that an object is, or makes. */
function podOf(object: unknown): Pod | undefined {
  if (!isObject(object) || !isObject(object["spec"])) return undefined;
  const { spec } = object as { spec: { template?: unknown; jobTemplate?: unknown; containers?: unknown } };
  if (spec.jobTemplate !== undefined) return podOf(spec.jobTemplate);
  if (spec.template !== undefined) return podOf(spec.template);
  return spec.containers === undefined ? undefined : (spec as Pod);
}
