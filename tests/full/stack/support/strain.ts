import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { NodeDaemon } from "../../../helpers/cluster/node-daemon.ts";
import { until } from "../../../helpers/until.ts";
import { stack } from "../../../stack/support/stack.ts";

const manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
const aside = "/var/tmp/kube-apiserver.yaml";

/** Ends the API server of the shared stack's cluster, and starts it again after some milliseconds. */
export const withoutApiServer = async (milliseconds: number): Promise<void> => {
  const move = (from: string, to: string) => execa("docker", ["exec", stack.profile, "mv", from, to]);
  const answers = (): Promise<boolean> =>
    stack.cluster.core.listNamespace().then(
      () => true,
      () => false,
    );
  await move(manifest, aside);
  try {
    await until("the API server has ended", async () => !(await answers()));
    await sleep(milliseconds);
  } finally {
    await move(aside, manifest);
  }
  let inARow = 0;
  // Just after its start it refuses some requests.
  await until("the API server answers again and again", async () => {
    inARow = (await answers()) ? inARow + 1 : 0;
    return inARow >= 20;
  });
};

/** Within a minute for ten thousand of them. */
const perSecond = 10_000 / 60;

/** Has warnings come about the pod of the backend, at a steady rate. */
export const floodEvents = async (count: number): Promise<void> => {
  const { core, namespace } = stack.cluster;
  const { metadata } = await stack.cluster.pod("backend");
  const involvedObject = { kind: "Pod", namespace, name: metadata?.name ?? "", uid: metadata?.uid ?? "" };
  const began = Date.now();
  for (let made = 0; made < count; made += 50) {
    const at = new Date();
    const make = (_: unknown, index: number): Promise<unknown> =>
      core.createNamespacedEvent({
        namespace,
        body: {
          metadata: { name: `strain-${began}-${made + index}`, namespace },
          involvedObject,
          type: "Warning",
          reason: "Strain",
          message: `Number ${made + index} of many. ${"x".repeat(200)}`,
          firstTimestamp: at,
          lastTimestamp: at,
          count: 1,
        },
      });
    await Promise.all(Array.from({ length: 50 }, make));
    await sleep(Math.max(0, began + ((made + 50) / perSecond) * 1_000 - Date.now()));
  }
};

/** Removes those warnings, which all readers of events would get, in parts: all at once take too long for a request. */
export const forgetEvents = async (): Promise<void> => {
  const { core, namespace } = stack.cluster;
  const strain = { namespace, fieldSelector: "reason=Strain", limit: 500 };
  for (;;) {
    const { items } = await core.listNamespacedEvent(strain);
    if (items.length === 0) return;
    await core.deleteCollectionNamespacedEvent(strain);
  }
};

/** What the container of a component takes, in bytes, without the cache of files. */
export const memoryOf = async (component: string): Promise<number> => {
  const daemon = await NodeDaemon.of(stack.copy);
  const { status } = await stack.cluster.pod(component);
  const id = status?.containerStatuses?.[0]?.containerID?.replace("docker://", "") ?? "";
  const used = await daemon.docker("stats", "--no-stream", "--format", "{{.MemUsage}}", id);
  const [, amount = "", unit = ""] = /^([\d.]+)(KiB|MiB|GiB)/.exec(used) ?? [];
  return Number(amount) * { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }[unit as "KiB" | "MiB" | "GiB"];
};
