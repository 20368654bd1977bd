import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { until } from "../helpers/until.ts";
import { scale } from "./support/scale.ts";
import { stack } from "./support/stack.ts";

describe("the order of things", function () {
  this.timeout("10m");

  it("P4: a frontend without a backend waits for it, logs that it does, and starts when it is ready", async () => {
    await scale("backend", 0);
    try {
      await scale("frontend", 0);
      await setReplicas("frontend", 1);
      await until("the frontend's init container says what it waits for", async () =>
        (await initLog("frontend", "wait-for-backend")).includes("The backend is not ready yet."),
      );
      const { items } = await podsOf("frontend");
      assert.equal(items[0]?.status?.phase, "Pending", "the frontend must not start before the backend");
    } finally {
      await scale("backend", 1);
      await scale("frontend", 1);
    }
    assert.match(await initLog("frontend", "wait-for-backend"), /The backend is ready/);
    assert.match(await initLog("backend", "wait-for-database"), /database answers/);
  });

  it("P1: a backend without its database is not ready, names what is missing, and is not restarted for it", async () => {
    const { apps, namespace } = stack.cluster;
    const name = "todo-postgres";
    const setDatabase = async (value: number) => {
      await apps.patchNamespacedStatefulSet({
        name,
        namespace,
        body: [{ op: "replace", path: "/spec/replicas", value }],
      });
      await until(`${name} has ${value} ready pods`, async () => {
        const { status } = await apps.readNamespacedStatefulSet({ name, namespace });
        return (status?.readyReplicas ?? 0) === value && status?.replicas === value;
      });
    };
    const before = (await stack.cluster.pod("backend")).status?.containerStatuses?.[0]?.restartCount;
    await setDatabase(0);
    try {
      await until("the backend is not ready", async () => !(await isReady("backend")));
      assert.match(await ask("/health/ready"), /^503 .*database/);
      assert.match(await ask("/ready"), /^503 .*database/);
      assert.match(await ask("/health/live"), /^200 /);
      assert.match(await ask("/health"), /^200 /);
      assert.equal((await fetch(`${stack.url}/api/health`)).status, 200, "the frontend must stay up");
    } finally {
      await setDatabase(1);
      await until("the backend is ready", () => isReady("backend"));
    }
    assert.match(await ask("/health/ready"), /^200 /);
    const after = (await stack.cluster.pod("backend")).status?.containerStatuses?.[0]?.restartCount;
    assert.equal(after, before, "a database that is away must not restart the backend");
  });

  it("O1: a request is logged by both, as JSON, under the id that the caller gave it", async () => {
    let id = "";
    // Requests reach a backend that has just become ready a moment later.
    await until("the backend answers through the frontend", async () => {
      id = randomUUID();
      const answer = await fetch(`${stack.url}/api/backend/auth/me`, { headers: { "x-request-id": id } });
      assert.equal(answer.headers.get("x-request-id"), id);
      return answer.status === 401;
    });
    for (const component of ["backend", "frontend"]) {
      const { core, namespace } = stack.cluster;
      const name = (await stack.cluster.pod(component)).metadata?.name ?? "";
      await until(`the ${component} has logged the request`, async () =>
        (await core.readNamespacedPodLog({ name, namespace })).includes(id),
      );
      const lines = (await core.readNamespacedPodLog({ name, namespace })).trim().split("\n");
      const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const record = records.find((each) => each["request_id"] === id);
      for (const key of ["timestamp", "level", "message"]) {
        assert.ok(record !== undefined && key in record, `a line of the ${component} must have ${key}`);
      }
    }
  });
});

const podsOf = (component: string) =>
  stack.cluster.core.listNamespacedPod({
    namespace: stack.cluster.namespace,
    labelSelector: `app.kubernetes.io/component=${component}`,
  });

async function setReplicas(component: string, value: number): Promise<void> {
  const { apps, namespace } = stack.cluster;
  const body = [{ op: "replace", path: "/spec/replicas", value }];
  await apps.patchNamespacedDeployment({ name: `todo-${component}`, namespace, body });
}

async function isReady(component: string): Promise<boolean> {
  const { status } = await stack.cluster.pod(component);
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** What an init container of a component has logged; empty while it has not started. */
async function initLog(component: string, container: string): Promise<string> {
  const { core, namespace } = stack.cluster;
  const name = (await podsOf(component)).items[0]?.metadata?.name;
  if (name === undefined) return "";
  return await core.readNamespacedPodLog({ name, namespace, container }).catch(() => "");
}

/** Asks the backend from inside its own pod. Gives status and body. */
async function ask(path: string): Promise<string> {
  const python = `
from urllib.error import HTTPError
from urllib.request import urlopen
try: answer = urlopen("http://127.0.0.1:8000${path}")
except HTTPError as error: answer = error
print(answer.status, answer.read().decode())`;
  return (await stack.cluster.exec("backend", "python", "-c", python)).output;
}
