import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { locksOn } from "../../state/stack-locks.ts";
import { FaultyStack } from "../helpers/cluster/faulty-stack.ts";
import { minimalPath } from "../helpers/pretended/minimal-path.ts";
import { until } from "../helpers/until.ts";
import { stack } from "../stack/support/stack.ts";

const namespace = "todo";

/**
 * What happens to a laptop on an ordinary day. After each fault one `up` must converge, the next have nothing to do,
 * and no todo be lost. No test builds on another: each has a person and a todo of its own, and after one that failed
 * the stack is brought back, see {@link stack}.
 */
describe("a stack to which something has happened", function () {
  this.timeout("5m");

  let laptop: FaultyStack;

  beforeEach(async () => {
    laptop = await FaultyStack.of(stack.copy, stack.url);
  });

  it("its container is paused", async () => {
    await execa("docker", ["pause", laptop.profile]);
    assert.match(await laptop.preview(), /minikube:index:Cluster todo-cluster update/);
    await laptop.converge();
  });

  it("its kubeconfig is deleted", async () => {
    await rm(laptop.kubeconfig);
    await laptop.converge();
  });

  it("its kubeconfig leads to another cluster under its own name, and so does the user's: neither is asked", async () => {
    const foreign = await recordRequests();
    const own = await readFile(laptop.kubeconfig, "utf8");
    const users = join(laptop.copy.folder, "kubeconfig-of-the-user");
    const authority = Buffer.from("another authority").toString("base64");
    const theirs = own
      .replace(/server: .*/, `server: https://${foreign.address}`)
      .replace(/certificate-authority-data: .*/, `certificate-authority-data: ${authority}`);
    try {
      await writeFile(users, theirs);
      await writeFile(laptop.kubeconfig, theirs);
      const env = { KUBECONFIG: users, DOCKER_HOST: "tcp://192.0.2.1:2375", DOCKER_CONTEXT: "production" };
      await laptop.preview(env);
      // In the middle of an `up` too.
      const running = laptop.converge({ env });
      await writeFile(users, theirs.replaceAll(laptop.profile, "production"));
      await running;
      assert.deepEqual(foreign.requests, [], "another cluster must not be asked for anything");
      assert.equal(
        await readFile(users, "utf8"),
        theirs.replaceAll(laptop.profile, "production"),
        "it is the user's file",
      );
      assert.match(await readFile(laptop.kubeconfig, "utf8"), new RegExp(/server: .*/.exec(own)?.[0] ?? ""));
    } finally {
      foreign.stop();
    }
  });

  it("another context is current in its kubeconfig: that is not asked, by npm run backup neither", async () => {
    const foreign = await recordRequests();
    const own = await readFile(laptop.kubeconfig, "utf8");
    try {
      // Not by kubectl: some distributions of it ask the server of the current context whatever they are told to do.
      const config = parse(own) as { clusters: object[]; contexts: object[] };
      // Without TLS, so that it can be read who asks.
      const theirs = { name: "production", cluster: { server: `http://${foreign.address}` } };
      const context = { name: "production", context: { cluster: "production", user: laptop.profile } };
      await writeFile(
        laptop.kubeconfig,
        stringify({
          ...config,
          clusters: [...config.clusters, theirs],
          contexts: [...config.contexts, context],
          "current-context": "production",
        }),
      );
      const saved = await laptop.copy.npm("backup");
      assert.equal(saved.exitCode, 0, saved.all);
      await laptop.copy.edit("charts/todo/values.yaml", "\n", "\n# Makes Helm apply the release again.\n");
      await laptop.converge();
      assert.deepEqual(foreign.requests, [], "another cluster must not be asked for anything");
    } finally {
      await writeFile(laptop.kubeconfig, own);
      foreign.stop();
    }
  });

  it("Helm was killed in the middle of an upgrade", async () => {
    await laptop.killHelm("upgrade");
    assert.match(await laptop.preview(), /helm.sh\/v3:Release todo-release update/);
    await laptop.converge();
  });

  it("H7: objects of its release were edited and deleted by hand", async () => {
    await laptop.kubectl("patch", "service", "todo-frontend", "--patch", '{"spec":{"sessionAffinity":"None"}}');
    await laptop.kubectl("scale", "deployment", "todo-backend", "--replicas=2");
    await laptop.kubectl("delete", "networkpolicy", "--all");
    const reported = await laptop.preview();
    const named = /Changed since the last `up`, and put back by this one: (.*)/.exec(reported)?.[1] ?? "";
    for (const object of ["Service/todo-frontend", "Deployment/todo-backend", "NetworkPolicy/"]) {
      assert.ok(named.includes(object), `the preview must name ${object}: ${reported}`);
    }
    const refreshed = await laptop.copy.pulumi(["preview", "--refresh", "--stack", laptop.copy.stack]);
    for (const object of ["Service/todo-frontend", "Deployment/todo-backend"]) {
      assert.ok(refreshed.all.includes(object), `a preview with a refresh must name ${object}: ${refreshed.all}`);
    }
    await laptop.converge();
    const service = await laptop.cluster.core.readNamespacedService({ name: "todo-frontend", namespace });
    assert.equal(service.spec?.sessionAffinity, "ClientIP");
    const deployment = await laptop.cluster.apps.readNamespacedDeployment({ name: "todo-backend", namespace });
    assert.equal(deployment.spec?.replicas, 1);
  });

  it("two people bring it up at once: the second is told who is there, and nothing is spoilt", async () => {
    await laptop.copy.edit("charts/todo/values.yaml", "\n", "\n# Makes Helm apply the release once more.\n");
    const first = laptop.copy.up();
    await until("the first must take the lock", () =>
      Promise.resolve(locksOn(laptop.copy.folder, laptop.copy.stack).length > 0),
    );
    const second = await laptop.copy.pulumi(["up", "--yes", "--skip-preview", "--stack", laptop.copy.stack]);
    await first;
    assert.notEqual(second.exitCode, 0);
    assert.match(second.all, /locked by 1 lock/);
    await laptop.converge();
  });

  it("Docker is out of reach: up and destroy say so and change nothing, and a preview works", async () => {
    const env = { PATH: await minimalPath(laptop.copy.folder) };
    assert.match(await laptop.preview(env), /minikube:index:Cluster todo-cluster update/);
    for (const command of ["up", "destroy"]) {
      const { exitCode, all } = await laptop.copy.pulumi(
        [command, "--yes", "--skip-preview", "--stack", laptop.copy.stack],
        env,
      );
      assert.notEqual(exitCode, 0);
      assert.match(all, /Docker is missing: there is no command docker on PATH.*\n.*docker info/);
    }
    await laptop.converge();
  });

  it("its state is cut off: up says what to type, and that works", async () => {
    const { length } = await readFile(laptop.stateFile);
    await truncate(laptop.stateFile, Math.floor(length / 2));
    let said = "";
    for (const command of ["preview", "up --yes --skip-preview", "refresh --yes", "destroy --yes"]) {
      const { exitCode, all } = await laptop.copy.pulumi([...command.split(" "), "--stack", laptop.copy.stack]);
      assert.notEqual(exitCode, 0, `${command} must not go on`);
      assert.match(all, /The state of stack .* is damaged/);
      said = all;
    }
    const [, from = "", to = ""] = /cp (\S+) (\S+)\. Or/.exec(said) ?? [];
    await execa("cp", [from, to], { cwd: laptop.copy.folder });
    await laptop.converge();
  });

  it("its state is lost, with passphrase and kubeconfig: it is taken over with its data", async () => {
    await rm(join(laptop.copy.folder, ".state"), { recursive: true });
    await laptop.copy.succeed("pulumi", ["stack", "select", "--create", laptop.copy.stack]);
    assert.match(await laptop.converge(), /The state of this stack was lost: its cluster .* is taken over/);
  });
});

/**
 * A server that somebody's production cluster could be. It notes what comes, as far as that can be read, and never
 * answers.
 */
async function recordRequests(): Promise<{ address: string; requests: string[]; stop: () => void }> {
  const requests: string[] = [];
  const server = createServer((socket) => {
    const at = requests.push("a connection") - 1;
    socket.on("error", () => undefined);
    socket.once("data", (data) => {
      requests[at] = data.toString().split("\r\n", 3).join(", ");
      socket.destroy();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: number } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${number}`, requests, stop: () => server.close() };
}
