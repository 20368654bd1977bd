import assert from "node:assert/strict";
import type { V1Deployment } from "@kubernetes/client-node";
import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import type { Incident } from "../../../../apps/aiops/src/incidents/incident.ts";
import { until } from "../../../helpers/until.ts";
import { stack } from "../../../stack/support/stack.ts";

/** What the tests of the controller for operations break. */
export const backend = "todo-backend";

/** The backend, as it is now. */
export async function deployment(): Promise<V1Deployment> {
  const { apps, namespace } = stack.cluster;
  return await apps.readNamespacedDeployment({ name: backend, namespace });
}

/** Sets how many pods of the backend there are. */
export async function scale(replicas: number): Promise<void> {
  const { apps, namespace } = stack.cluster;
  await apps.patchNamespacedDeployment(
    { name: backend, namespace, body: [{ op: "replace", path: "/spec/replicas", value: replicas }] },
    setHeaderOptions("Content-Type", PatchStrategy.JsonPatch),
  );
}

/** What the controller has written down. */
export async function incidents(): Promise<Incident[]> {
  const { core, namespace } = stack.cluster;
  const { data } = await core.readNamespacedConfigMap({ name: "todo-operations-incidents", namespace });
  const text = data?.["incidents.json"];
  return text === undefined ? [] : (JSON.parse(text) as { incidents: Incident[] }).incidents;
}

/**
 * The newest incident of a kind, once it has come to this.
 * @param since when it was seen at the earliest, in ISO 8601.
 * @param minutes how long that may take.
 */
export async function incidentOf(kind: string, state: string, since = "", minutes = 3): Promise<Incident> {
  let found: Incident | undefined;
  const isSo = async (): Promise<boolean> => {
    found = (await incidents()).findLast((incident) => incident.kind === kind && incident.opened >= since);
    return found?.state === state;
  };
  await until(`an incident ${kind} is ${state}`, isSo, minutes);
  assert.ok(found !== undefined);
  return found;
}

/** In milliseconds. */
export async function ageOfRelease(): Promise<number> {
  const { core, namespace } = stack.cluster;
  const { items } = await core.listNamespacedConfigMap({ namespace, labelSelector: "todo-stack/released=true" });
  assert.equal(items.length, 1, "one release is written down");
  return Date.now() - (items[0]?.metadata?.creationTimestamp?.getTime() ?? Date.now());
}

/** The pod of the controller that is ready; empty while none is. */
export async function readyPod(): Promise<string> {
  const pods = await stack.cluster.pods("operations");
  const ready = pods.find(({ status }) =>
    status?.conditions?.some((each) => each.type === "Ready" && each.status === "True"),
  );
  return ready?.metadata?.name ?? "";
}
