import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Account } from "../../helpers/account.ts";
import { until } from "../../helpers/until.ts";
import { backUp } from "../../stack/support/back-up.ts";
import { stack } from "../../stack/support/stack.ts";

const name = "todo-postgres";
const claim = "data-todo-postgres-0";

describe("backup and restore", function () {
  this.timeout("10m");

  it("a backup brings all todos back after the database's volume is lost", async () => {
    const somebody = await Account.signUp(stack.url);
    const title = `kept ${randomUUID()}`;
    assert.equal((await somebody.todos("POST", { title })).status, 201);

    const file = await backUp();
    await loseVolume();
    assert.notEqual(
      (await somebody.todos("GET")).status,
      200,
      "without its volume the database must have lost the account",
    );

    const restored = await stack.copy.npm("restore", {}, file, "--yes");
    assert.equal(restored.exitCode, 0, restored.all);
    const answer = await somebody.todos("GET");
    assert.equal(answer.status, 200, "the account must be back, with its session");
    assert.ok((await answer.text()).includes(title), "the todo must be back");
  });
});

/** Deletes the volume, with the database stopped, and waits for the empty one that takes its place. */
async function loseVolume(): Promise<void> {
  const { apps, core, namespace } = stack.cluster;
  const scale = (value: number): Promise<unknown> =>
    apps.patchNamespacedStatefulSet({ name, namespace, body: [{ op: "replace", path: "/spec/replicas", value }] });
  await scale(0);
  await until("the database is stopped", async () => (await stack.cluster.pods("postgres")).length === 0);
  const { spec } = await core.readNamespacedPersistentVolumeClaim({ name: claim, namespace });
  await core.deleteNamespacedPersistentVolumeClaim({ name: claim, namespace });
  // Minikube keeps the volumes of a name in one folder: the new one must not come before the old one has gone.
  await until("the volume is gone", async () => {
    const { items } = await core.listPersistentVolume();
    return items.every(({ metadata }) => metadata?.name !== spec?.volumeName);
  });
  await scale(1);
  await until("the database is ready again", async () => {
    const { status } = await apps.readNamespacedStatefulSet({ name, namespace });
    return status?.readyReplicas === 1;
  });
}
