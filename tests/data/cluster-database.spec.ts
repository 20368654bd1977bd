import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { parse, stringify } from "yaml";
import { Database } from "../../data/cluster-database.ts";
import { FakeApi } from "../provider/fake-api.ts";

interface Kubeconfig {
  contexts: { name: string; context: { cluster: string; user: string } }[];
  clusters: { name: string; cluster: object }[];
  users: { name: string; user: object }[];
}

/** Somebody's production, to which the stack's own kubeconfig leads too. */
describe("the way to the database, for backup and restore", () => {
  let own: FakeApi;
  let production: FakeApi;
  let folder: FsFixture;

  before(async () => {
    [own, production] = [await FakeApi.start(), await FakeApi.start()];
    folder = await createFixture();
    const ready = { status: { containerStatuses: [{ name: "postgres", ready: true }] } };
    for (const api of [own, production]) api.objects.set("pods/todo-postgres-0", ready);
  });

  after(async () => {
    await Promise.all([own.stop(), production.stop(), folder.rm()]);
  });

  const read = async (api: FakeApi): Promise<Kubeconfig> => parse(await readFile(api.kubeconfig, "utf8")) as Kubeconfig;
  const opened = async (config: object): Promise<Database> => {
    await folder.writeFile("todo.kubeconfig", stringify(config));
    const kubeconfig = folder.getPath("todo.kubeconfig");
    return await Database.in({ kubeconfig, context: "todo", home: own.home, namespace: "todo" });
  };

  it("is the stack's own context, whichever is current", async () => {
    const [mine, theirs] = [await read(own), await read(production)];
    const named = <T extends { name: string }>(entries: T[]): T[] =>
      entries.map((each) => ({ ...each, name: "theirs" }));
    await opened({
      contexts: [{ name: "theirs", context: { cluster: "theirs", user: "theirs" } }, ...mine.contexts],
      clusters: [...named(theirs.clusters), ...mine.clusters],
      users: [...named(theirs.users), ...mine.users],
      "current-context": "theirs",
    });
    assert.deepEqual(own.asked, ["GET /api/v1/namespaces/todo/pods/todo-postgres-0"]);
    assert.deepEqual(production.asked, [], "no other cluster may be asked");
  });

  it("is no cluster of another authority under the stack's name: nobody is asked", async () => {
    await assert.rejects(
      opened(await read(production)),
      /does not answer: .* leads to a cluster that is not Minikube's\n.*npm start/,
    );
    assert.deepEqual(production.asked, []);
  });

  it("is not the cluster of another profile of the same Minikube, which has taken the address: nothing else is asked", async () => {
    own.asked.length = 0;
    own.node = "todo-demo";
    try {
      await assert.rejects(
        opened(await read(own)),
        /does not answer: .* leads to a cluster that has no node todo\n.*npm start/,
      );
      assert.deepEqual(own.asked, []);
    } finally {
      own.node = "todo";
    }
  });
});
