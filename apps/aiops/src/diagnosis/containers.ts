import type { V1Container, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { nameOf, podsOf, workloadsOf } from "./snapshot.ts";
import type { ObjectRef, Snapshot, Workload } from "./snapshot.ts";

/** One container of a pod that is there to stay. */
export interface ContainerView {
  /** The Deployment or StatefulSet behind it. */
  owner: ObjectRef;
  pod: V1Pod;
  podName: string;
  status: V1ContainerStatus;
  spec: V1Container | undefined;
  isInit: boolean;
}

/** The pods of every workload, without those that a newer revision is about to replace: they say nothing of it. */
export const ownedPods = (snapshot: Snapshot): { owner: ObjectRef; pod: V1Pod }[] =>
  workloadsOf(snapshot).flatMap(({ ref, workload }) =>
    podsOf(workload, snapshot.pods)
      .filter((pod) => !isSuperseded(pod, workload, snapshot))
      .map((pod) => ({ owner: ref, pod })),
  );

const revision = "deployment.kubernetes.io/revision";

const isSuperseded = (pod: V1Pod, { metadata }: Workload, { replicaSets }: Snapshot): boolean => {
  const owners = pod.metadata?.ownerReferences ?? [];
  const set = replicaSets.find((each) =>
    owners.some(({ kind, name }) => kind === "ReplicaSet" && name === nameOf(each)),
  );
  return set !== undefined && set.metadata?.annotations?.[revision] !== metadata?.annotations?.[revision];
};

/** The containers of every workload, init containers first. */
export const containersOf = (snapshot: Snapshot): ContainerView[] =>
  ownedPods(snapshot).flatMap(({ owner, pod }) => {
    const view = (isInit: boolean) => (status: V1ContainerStatus) => {
      const specs = isInit ? pod.spec?.initContainers : pod.spec?.containers;
      const spec = specs?.find(({ name }) => name === status.name);
      return { owner, pod, podName: nameOf(pod), status, spec, isInit };
    };
    return [
      ...(pod.status?.initContainerStatuses ?? []).map(view(true)),
      ...(pod.status?.containerStatuses ?? []).map(view(false)),
    ];
  });

/** One entry for each owner: the first of its containers that is found so. */
export const firstOfEach = <T extends { owner: ObjectRef }>(views: T[]): T[] =>
  [...new Map(views.toReversed().map((view) => [`${view.owner.kind}/${view.owner.name}`, view])).values()].toReversed();

/** The component that an object belongs to, by its label. */
export const componentOf = ({ metadata }: { metadata?: { labels?: Record<string, string> } }): string | undefined =>
  metadata?.labels?.["app.kubernetes.io/component"];

/** Seconds from a moment of the API until a snapshot was taken; 0 when there is no such moment. */
export const secondsSince = (time: Date | undefined, { takenAt }: Snapshot): number =>
  time === undefined ? 0 : (takenAt - new Date(time).getTime()) / 1000;
