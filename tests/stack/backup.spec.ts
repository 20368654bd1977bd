import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { copyFile, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { Account } from "../helpers/account.ts";
import { until } from "../helpers/until.ts";
import { stack } from "./stack.ts";

const name = "todo-postgres";
const claim = "data-todo-postgres-0";

describe("backup and restore", function () {
  this.timeout("10m");

  it("a backup brings all todos back after the database's volume is lost", async () => {
    const somebody = await Account.signUp(stack.url);
    const title = `kept ${randomUUID()}`;
    assert.equal((await somebody.todos("POST", { title })).status, 201);

    const file = await backup();
    assert.equal((await stat(join(stack.copy.folder, file))).mode & 0o777, 0o600, "only its owner may read a backup");
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

  it("a backup that was cut short replaces nothing", async () => {
    const file = await backup();
    const somebody = await Account.signUp(stack.url);
    const cut = `${file}.cut`;
    const [from, to] = [file, cut].map((path) => join(stack.copy.folder, path)) as [string, string];
    await copyFile(from, to);
    await truncate(to, Math.floor((await stat(from)).size / 2));
    const result = await stack.copy.npm("restore", {}, cut, "--yes");
    assert.equal(result.exitCode, 1, "half a backup must be refused");
    assert.match(result.all, /The database refused: .*\n.*Nothing was changed/s);
    assert.equal((await somebody.todos("GET")).status, 200, "who came after the backup must still be there");
  });
});

/** Makes a backup, and gives the path it names. */
async function backup(): Promise<string> {
  const { exitCode, all } = await stack.copy.npm("backup");
  assert.equal(exitCode, 0, all);
  const path = /Wrote (\S+)/.exec(all)?.[1];
  assert.ok(path !== undefined, `the backup must say where it is: ${all}`);
  return path;
}

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
