import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { stringify } from "yaml";
import { rollback } from "../../../cli/rollback/rollback.ts";
import { Commands } from "../../../provider/processes/commands.ts";
import { leaveLock } from "../../helpers/lock.ts";
import { FakeCommands } from "../../offline/stand-ins/fake-commands.ts";
import { FakeApi } from "../../provider/fake-api.ts";
import type { Revision } from "../../provider/fake-api.ts";

const answer = 401;

/** The objects of a release: a backend of an image, with a Secret, and a database. */
const manifest = (tag: string, secret = "todo-backend-1", database: object = { image: "postgres:18.1" }): string => {
  const pod = {
    containers: [{ name: "backend", image: `ghcr.io/acme/todo-backend:${tag}` }],
    volumes: [{ name: "secrets", projected: { sources: [{ secret: { name: secret } }] } }],
  };
  const backend = { kind: "Deployment", metadata: { name: "todo-backend" }, spec: { template: { spec: pod } } };
  const containers = [{ name: "postgres", ...database }];
  const spec = { template: { spec: { containers } }, volumeClaimTemplates: [{ metadata: { name: "data" } }] };
  const postgres = { kind: "StatefulSet", metadata: { name: "todo-postgres" }, spec };
  return `${stringify(backend)}---\n${stringify(postgres)}`;
};

describe("npm run rollback", () => {
  let api: FakeApi;
  let app: Server;
  let helm: FakeCommands;
  let said: string[];
  let asked: string[];
  let revisions: Revision[];
  let folder: FsFixture;

  beforeEach(async () => {
    folder = await createFixture();
    [said, asked] = [[], []];
    api = await FakeApi.start();
    helm = await FakeCommands.create({ helm: "" });
    app = createServer((_request, response) => response.writeHead(answer).end());
    app.listen(0, "127.0.0.1");
    await once(app, "listening");
    const [first, second] = ["2026-01-02T10:00:00.5Z", "2026-01-03T10:00:00.5Z"];
    revisions = [
      { version: 1, status: "superseded", description: "chart a", deployed: first, manifest: manifest("0001") },
      { version: 2, status: "deployed", description: "chart b", deployed: second, manifest: manifest("0002") },
    ];
    api.revisions(() => revisions);
    api.objects.set("secrets/todo-backend-1", {});
    const status = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, observedGeneration: 1 };
    const metadata = { name: "todo-postgres", generation: 1, uid: "1" };
    api.lists.set("statefulsets", [{ metadata, spec: { replicas: 0 }, status: { ...status, replicas: 0 } }]);
  });

  afterEach(async () => {
    helm.restore();
    app.closeAllConnections();
    app.close();
    await api.stop();
    await folder.rm();
  });

  const run = async (typed?: string, sure = false, context = "todo"): Promise<number> =>
    await rollback(typed, sure, {
      folder: folder.path,
      stack: "dev",
      where: { kubeconfig: api.kubeconfig, context, home: api.home, namespace: "space" },
      url: `http://127.0.0.1:${(app.address() as AddressInfo).port}`,
      commands: new Commands(process.env, new AbortController().signal),
      confirmed: (what) => {
        asked.push(what);
        return Promise.resolve(false);
      },
      say: (text) => said.push(text),
    });
  const helmCalls = async (): Promise<string[]> => (await helm.calls("helm")).map(({ args }) => args.join(" "));

  it("lists the releases that Helm keeps, the newest first, with their times and images", async () => {
    assert.equal(await run(), 0);
    const [, newest, oldest] = (said[0] ?? "").split("\n").map((line) => line.split(/ {2,}/));
    assert.deepEqual(newest, ["2", "2026-01-03 10:00:00", "deployed", "todo-backend:0002", "chart b"]);
    assert.deepEqual(oldest, ["1", "2026-01-02 10:00:00", "superseded", "todo-backend:0001", "chart a"]);
    assert.deepEqual(await helmCalls(), []);
  });

  it("asks first, and says what comes and what stays", async () => {
    assert.equal(await run("1"), 1);
    assert.match(asked[0] ?? "", /dev goes back to revision 1 of .+: todo-backend:0001\. All data stay/);
    assert.deepEqual(await helmCalls(), []);
  });

  it("goes back by Helm in the stack's own namespace, waits, and says how the next up sees it", async () => {
    assert.equal(await run("1", true), 0);
    const where = `--namespace space --kubeconfig ${api.kubeconfig} --kube-context todo --timeout=60s`;
    assert.deepEqual(await helmCalls(), [`rollback todo 1 ${where}`]);
    assert.deepEqual(asked, []);
    assert.match(said.at(-1) ?? "", /which is what revision 1 was\. The next up releases what is in this checkout/);
    assert.deepEqual([api.deleted, api.applied], [[], []]);
  });

  const refused: [what: string, revision: Partial<Revision>, says: RegExp][] = [
    ["that never ran", { status: "failed" }, /it is failed, and never ran/],
    ["of another program", { description: "Upgrade complete" }, /another program/],
    ["of npm run dev", { manifest: manifest("development-0001") }, /npm run dev/],
    ["with a Secret that is gone", { manifest: manifest("0001", "todo-backend-0") }, /the Secret todo-backend-0/],
    [
      "with another version of the database",
      { manifest: manifest("0001", "todo-backend-1", { image: "postgres:17.6" }) },
      /its database is another one/,
    ],
    [
      "with another folder of the database",
      { manifest: manifest("0001", "todo-backend-1", { image: "postgres:18.1", env: [{ name: "PGDATA" }] }) },
      /its database is another one/,
    ],
    ["without the database", { manifest: manifest("0001").split("---")[0] ?? "" }, /its database is another one/],
  ];
  for (const [what, change, says] of refused) {
    it(`refuses a release ${what}, and changes nothing`, async () => {
      revisions = revisions.map((each) => (each.version === 1 ? { ...each, ...change } : each));
      await assert.rejects(
        run("1", true),
        (error: Error) => says.test(error.message) && /Nothing was/.test(error.message),
      );
      assert.deepEqual([await helmCalls(), api.deleted, api.applied], [[], [], []]);
    });
  }

  it("leaves a stack at which Pulumi is at work", async () => {
    await leaveLock(folder.path, "dev", process.pid);
    await assert.rejects(run("1", true), { message: /^Pulumi is at work on the stack dev: .*\n.*Nothing was changed/ });
    assert.deepEqual([await helmCalls(), api.deleted, api.applied], [[], [], []]);
  });

  it("says so when the release is the one that runs, or is not kept", async () => {
    assert.equal(await run("2", true), 0);
    assert.match(said[0] ?? "", /Revision 2 is the one that runs/);
    for (const typed of ["7", "0", "--help", "1; rm"]) {
      await assert.rejects(run(typed, true), { message: /Helm keeps no revision/ });
    }
    assert.deepEqual(await helmCalls(), []);
  });

  it("goes into no other cluster than the stack's own", async () => {
    await assert.rejects(run("1", true, "theirs"), { message: /The releases of the stack dev cannot be read/ });
    assert.deepEqual([api.asked, await helmCalls()], [[], []]);
  });

  it("passes on why Helm did not go back", async () => {
    await helm.replace("helm", 'echo "Error: another operation is in progress" >&2; exit 1');
    await assert.rejects(run("1", true), { message: /Helm did not go back: .*another operation is in progress/ });
  });

  it("puts back what ran when the earlier release does not become healthy", async () => {
    await helm.replace("helm", 'case "$2 $3" in "todo 2") exit 1 ;; esac');
    const refusedPod = { type: "ReplicaFailure", status: "True", message: "exceeded quota" };
    const deployment = { metadata: { name: "todo-backend", generation: 1 }, spec: { replicas: 1 } };
    api.lists.set("deployments", [{ ...deployment, status: { observedGeneration: 1, conditions: [refusedPod] } }]);
    revisions.push({
      version: 3,
      status: "pending-rollback",
      description: "Rollback to 1",
      manifest: manifest("0001"),
    });
    await assert.rejects(run("1", true), { message: /does not become healthy.+exceeded quota/s });
    assert.match((await helmCalls()).at(-1) ?? "", /^rollback todo 2 /);
  });
});
