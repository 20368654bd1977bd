import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { createFixture } from "fs-fixture";
import { cacheFolder, checkout } from "../../machine/paths.ts";
import { removeHalfMade, removeHalfMadeIn, withBegunClusters } from "../../pulumi/interrupted.ts";
import type { PendingOperation } from "../../pulumi/interrupted.ts";
import { ownerOf } from "../../provider/cluster/ownership.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { leaveLock as lockStack } from "../helpers/lock.ts";
import { FakeApi } from "../provider/fake-api.ts";

/** The real Pulumi in a checkout with a stack that has no resources. */
describe("npx pulumi after a run that was killed", function () {
  this.timeout("1m");
  let folder: string;
  let state: string;
  let lock: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "todo-stack-"));
    for (const part of ["cli", "data", "machine", "offline", "pulumi", "setup", "state"]) {
      await cp(join(checkout, part), join(folder, part), { recursive: true });
    }
    for (const part of ["node_modules", "package.json", "provider", "components", "versions.ts", "config.ts"]) {
      await symlink(join(checkout, part), join(folder, part));
    }
    // What set-up has found and fetched, without what is noted in the course of a test.
    await mkdir(join(folder, "cache/todo-stack"), { recursive: true });
    for (const part of ["machine.json", "pulumi-plugins", "tools"]) {
      await symlink(join(cacheFolder, part), join(folder, "cache/todo-stack", part));
    }
    await writeFile(join(folder, "Pulumi.yaml"), "name: todo-stack\nruntime: nodejs\n");
    await writeFile(join(folder, "Pulumi.dev.yaml"), "config: {}\n");
    const pulumiState = join(folder, ".state/.pulumi");
    state = join(pulumiState, "stacks/todo-stack/dev.json");
    lock = join(pulumiState, "locks/organization/todo-stack/dev/0123.json");
    assert.equal((await pulumi("stack", "select", "--create", "dev")).exitCode, 0);
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const pulumi = async (...args: string[]) =>
    await execa(process.execPath, [join(folder, "cli/bin/pulumi.mjs"), ...args], {
      cwd: folder,
      env: { XDG_CACHE_HOME: join(folder, "cache") },
      reject: false,
      all: true,
      stdin: "ignore",
    });
  const refresh = async () => await pulumi("refresh", "--yes", "--skip-preview", "--stack", "dev");

  const leaveLock = async (pid: number, host?: string): Promise<string> => await lockStack(folder, "dev", pid, host);

  /** The process id of a program that has ended. */
  const endedPid = async (): Promise<number> => {
    const ended = execa("true");
    await ended;
    assert.ok(ended.pid !== undefined);
    return ended.pid;
  };

  it("takes its lock away, and says so", async () => {
    await leaveLock(await endedPid());
    const result = await refresh();
    assert.equal(result.exitCode, 0, result.all);
    assert.match(result.all, /was killed\. Its lock on stack dev is removed/);
    assert.ok(!existsSync(lock));
  });

  it("takes its lock away also where this machine had another name then", async () => {
    await refresh();
    const record = join(folder, "cache/todo-stack/host-names");
    const names = await readFile(record, "utf8");
    await writeFile(record, names.replace(hostname(), "laptop.cafe.example"));
    await leaveLock(await endedPid(), "laptop.cafe.example");
    const result = await refresh();
    assert.equal(result.exitCode, 0, result.all);
    assert.ok(!existsSync(lock));
  });

  it("takes away a lock that a power cut has emptied, and does without the notes that it has cut off", async () => {
    await refresh();
    await leaveLock(await endedPid());
    const notes = [`${state}.attrs`, join(folder, ".state/.pulumi/meta.yaml.attrs")];
    for (const file of [lock, ...notes]) {
      await writeFile(file, "");
      await utimes(file, 1_767_000_000, 1_767_000_000);
    }
    const looked = await pulumi("stack", "export", "--stack", "dev");
    assert.equal(looked.exitCode, 0, looked.all);
    const result = await refresh();
    assert.equal(result.exitCode, 0, result.all);
    assert.match(result.all, /Its lock on stack dev is removed/);
    assert.ok(!existsSync(lock));
  });

  it("leaves the lock of another machine", async () => {
    await leaveLock(await endedPid(), "desktop.example");
    const result = await refresh();
    assert.notEqual(result.exitCode, 0, "nobody knows here whether that run goes on");
    assert.ok(existsSync(lock));
  });

  it("leaves the lock of a run that goes on, and is refused by it", async () => {
    await leaveLock(process.pid);
    const result = await refresh();
    assert.notEqual(result.exitCode, 0, "two at once would spoil the state");
    assert.match(result.all, /locked by 1 lock/);
    assert.ok(existsSync(lock));
  });

  const leavePending = async (type: string, inputs: object): Promise<void> => {
    const urn = `urn:pulumi:dev::todo-stack::${type}::todo-begun`;
    const pending = [{ type: "creating", resource: { urn, custom: true, type, inputs } }];
    await refresh();
    const before = JSON.parse(await readFile(state, "utf8")) as { checkpoint: { latest: object } };
    before.checkpoint.latest = { ...before.checkpoint.latest, pending_operations: pending };
    await writeFile(state, JSON.stringify(before));
  };

  it("clears what it had begun", async () => {
    await leavePending("minikube:index:Rollout", {});
    const result = await refresh();
    assert.equal(result.exitCode, 0, result.all);
    assert.match(result.all, /was interrupted/);
    assert.doesNotMatch(await readFile(state, "utf8"), /todo-begun/);
  });

  it("removes on a destroy a cluster that a cancelled first start has begun, and of which the state knows nothing", async () => {
    const settings = { "todo-stack:driver": "kvm2", "todo-stack:profile": "todo-begun" };
    await writeFile(join(folder, "Pulumi.dev.yaml"), JSON.stringify({ config: settings }));
    const profile = join(folder, "cache/todo-stack/.minikube/profiles/todo-begun");
    await mkdir(profile, { recursive: true });
    const mark = { owner: ownerOf("urn:pulumi:dev", folder), instance: "life-1" };
    await writeFile(join(profile, "todo-stack.json"), JSON.stringify(mark));
    const destroy = async (more: string) => await pulumi("destroy", "--stack", "dev", more);
    const shown = await destroy("--preview-only");
    assert.equal(shown.exitCode, 0, shown.all);
    assert.ok(existsSync(profile), "a preview removes nothing");
    const result = await destroy("--yes");
    assert.equal(result.exitCode, 0, result.all);
    assert.match(result.all, /does not know the cluster .* is removed/);
    assert.ok(!existsSync(profile));
  });

  it("lets the state be edited where an existing cluster is gone for good, and leaves for later what is unfinished in it", async () => {
    await leavePending("kubernetes:core/v1:Secret", { metadata: { name: "a", namespace: "todo" } });
    await leaveLock(await endedPid());
    const settings = { "todo-stack:target": "kubernetes", "todo-stack:context": "gone", "todo-stack:clusterId": "0" };
    await writeFile(join(folder, "Pulumi.dev.yaml"), JSON.stringify({ config: settings }));
    const edited = await pulumi("state", "unprotect", "--all", "--yes", "--stack", "dev");
    assert.equal(edited.exitCode, 0, edited.all);
    assert.ok(!existsSync(lock), "the lock of a run that was killed must not be in the way");
    assert.match(await readFile(state, "utf8"), /todo-begun/);
    const changed = await refresh();
    assert.notEqual(changed.exitCode, 0, "a change needs the cluster");
  });

  it("says what to type when the state is cut off, and that works", async () => {
    await refresh();
    const before = await readFile(state, "utf8");
    await writeFile(state, before.slice(0, before.length / 2));
    const results = [await pulumi("preview", "--stack", "dev"), await refresh()];
    for (const { exitCode, all } of results) {
      assert.equal(exitCode, 1);
      assert.match(all, /^The state of stack dev is damaged: .*\n {2}Put the copy from before back: cp /m);
    }
    assert.equal(await readFile(state, "utf8"), before.slice(0, before.length / 2), "nothing may be changed");
    const [, from = "", to = ""] = /cp (\S+) (\S+)\./.exec(results[0]?.all ?? "") ?? [];
    await cp(join(folder, from), join(folder, to));
    assert.equal((await refresh()).exitCode, 0);
  });
});

describe("what an interrupted run had begun to make", () => {
  const operation = (type: string, name: string, kind = "creating"): PendingOperation => ({
    type: kind,
    resource: {
      type,
      inputs: type.endsWith("Release") ? { name, namespace: "space" } : { metadata: { name, namespace: "space" } },
    },
  });

  it("is deleted where it would be refused the next time, and nothing else is", async () => {
    const api = await FakeApi.start();
    await using home = await createFixture({ "ca.crt": await readFile(api.certificate) });
    try {
      await removeHalfMade({ home: home.path, profile: "todo", kubeconfig: api.kubeconfig }, [
        operation("kubernetes:core/v1:Secret", "todo-backend-1"),
        operation("kubernetes:core/v1:Secret", "todo-backend-0", "deleting"),
        operation("kubernetes:helm.sh/v3:Release", "todo"),
        operation("docker:index/image:Image", "todo-backend"),
      ]);
      const deletions = api.asked.filter((line) => line.startsWith("DELETE")).map((line) => decodeURIComponent(line));
      assert.deepEqual(deletions, [
        "DELETE /api/v1/namespaces/space/secrets?fieldSelector=metadata.name=todo-backend-1",
        "DELETE /api/v1/namespaces/space/secrets?labelSelector=owner=helm,name=todo",
      ]);
    } finally {
      await api.stop();
    }
  });

  it("is removed from an existing cluster, and from no other that its context leads to", async () => {
    const [id, otherId] = ["3f2c0a4e-0000-4000-8000-000000000001", "3f2c0a4e-0000-4000-8000-000000000002"];
    const api = await FakeApi.start();
    try {
      api.isCluster(id);
      const begun = [
        operation("kubernetes:core/v1:Secret", "todo-backend-1"),
        operation("minikube:index:Namespace", "space"),
      ];
      await removeHalfMadeIn({ kubeconfig: api.kubeconfig, context: "todo", clusterId: id }, begun);
      const deletions = api.asked.filter((line) => line.startsWith("DELETE")).map((line) => decodeURIComponent(line));
      assert.deepEqual(deletions, [
        "DELETE /api/v1/namespaces/space/secrets?fieldSelector=metadata.name=todo-backend-1",
      ]);
      api.asked.length = 0;
      await assert.rejects(
        removeHalfMadeIn({ kubeconfig: api.kubeconfig, context: "todo", clusterId: otherId }, begun),
        (error) =>
          error instanceof UserError &&
          /cannot be removed from the cluster .+ leads to the cluster/.test(error.message),
      );
      assert.deepEqual(api.asked, ["GET /api/v1/namespaces/kube-system"]);
    } finally {
      await api.stop();
    }
  });

  it("is known to a destroy if it is a cluster, and nothing else is", () => {
    const type = "minikube:index:Cluster";
    const cluster = { urn: "urn:pulumi:dev::todo-stack::component$cluster::todo", type, inputs: { profile: "todo" } };
    const pending = [
      { type: "creating", resource: cluster },
      { type: "deleting", resource: cluster },
      operation("docker:index/image:Image", "todo-backend"),
    ];
    const begun = { ...cluster, id: "todo", outputs: { profile: "todo" } };
    assert.deepEqual(withBegunClusters([], pending), [begun]);
    // Pulumi keeps what is replaced until the new one is there, and would delete nothing for it.
    const [before, after] = [{ type: "component" }, { type: "minikube:index:ControlPlane" }];
    const replaced = { ...cluster, inputs: { profile: "old" }, pendingReplacement: true };
    assert.deepEqual(withBegunClusters([before, replaced, after], pending), [before, begun, after]);
  });

  it("is left alone in a cluster that is not ours", async () => {
    const [api, own] = [await FakeApi.start(), await FakeApi.start()];
    await using home = await createFixture({ "ca.crt": await readFile(own.certificate) });
    try {
      const foreign = { home: home.path, profile: "todo", kubeconfig: api.kubeconfig };
      await removeHalfMade(foreign, [operation("kubernetes:core/v1:Secret", "todo-backend-1")]);
      assert.deepEqual(api.asked, []);
    } finally {
      await Promise.all([api.stop(), own.stop()]);
    }
  });
});
