import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { environment } from "../../toolchain/environment.ts";
import { minikubeHome } from "../../toolchain/paths.ts";
import { locksOn } from "../../toolchain/stack-locks.ts";
import { Account } from "../helpers/account.ts";
import { ClusterView } from "../helpers/cluster.ts";
import { dockerTraces } from "../helpers/docker.ts";
import { inSequence } from "../helpers/in-sequence.ts";
import { minimalPath } from "../helpers/minimal-path.ts";
import { NodeDaemon } from "../helpers/node-daemon.ts";
import { timeToRecover } from "../helpers/recovery.ts";
import { until } from "../helpers/until.ts";
import { WorkingCopy } from "../helpers/working-copy.ts";
import { killAtRandom, moments } from "./kills.ts";
import { stackHandedOn } from "./stack.ts";

const namespace = "todo";
const helmRecords = "owner=helm,name=todo";

/** What happens to a laptop. After each fault one `up` must converge, the next have nothing to do, and no todo be lost. */
describe("a stack to which something has happened", function () {
  this.timeout("15m");
  inSequence();

  let copy: WorkingCopy;
  let profile: string;
  let url: string;
  let person: Account;
  let demo: WorkingCopy | undefined;
  let guest: Account | undefined;
  const kubeconfig = (): string => join(copy.folder, ".state", `${profile}.kubeconfig`);
  const cluster = (): ClusterView => new ClusterView(kubeconfig());
  const stateFile = (): string => join(copy.folder, `.state/.pulumi/stacks/todo-stack/${copy.stack}.json`);
  const kubectl = (...args: string[]) =>
    execa("kubectl", ["--kubeconfig", kubeconfig(), "--namespace", namespace, ...args]);
  const helm = (...args: string[]) =>
    execa("helm", [...args, "--kubeconfig", kubeconfig(), "--namespace", namespace], { env: environment() });
  /** Lets Helm work on the release, with an image that is nowhere, until its record says `pending-COMMAND`, and kills it. */
  const killHelm = async (command: "install" | "upgrade", prepare = (): Promise<unknown> => Promise.resolve()) => {
    const values = join(copy.folder, ".state", "values.json");
    await writeFile(values, (await helm("get", "values", "todo", "--output=json")).stdout);
    await prepare();
    const chart = join(copy.folder, "charts/todo");
    const working = helm(command, "todo", chart, "--values", values, "--set", "backend.image.tag=absent", "--wait");
    working.catch(() => undefined);
    const records = ["get", "secrets", "--output=name", "--selector", `${helmRecords},status=pending-${command}`];
    await until("Helm must be in the middle of its work", async () => (await kubectl(...records)).stdout !== "");
    working.kill("SIGKILL");
  };
  const preview = async (env: Record<string, string> = {}): Promise<string> => {
    const { exitCode, all } = await copy.pulumi(["preview", "--stack", copy.stack], env);
    assert.equal(exitCode, 0, `a preview must work in every state:\n${all}`);
    return all;
  };

  /** Begins anew where the data went with what happened. */
  const begin = async (): Promise<void> => {
    person = await Account.signUp(url);
    await person.add("water the plants");
  };

  /** Brings the stack up once, and looks that it is whole. @param anew where the data are meant to be gone. */
  const converge = async ({ env = {}, anew = false }: { env?: Record<string, string>; anew?: boolean } = {}) => {
    const up = ["up", "--yes", "--skip-preview", "--stack", copy.stack];
    const { exitCode, all } = await timeToRecover(() => copy.pulumi(up, env));
    assert.equal(exitCode, 0, `one up must be enough:\n${all}`);
    if (anew) await begin();
    assert.deepEqual(await person.titles(), ["water the plants"], "what was written before must be there");
    await copy.up("--expect-no-changes");
    return all;
  };

  const configure = (stack: WorkingCopy, key: string, value: string): Promise<string> =>
    stack.succeed("pulumi", ["config", "set", key, value, "--stack", stack.stack]);

  const destroyDemo = async (): Promise<void> => {
    await demo?.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", demo.stack]);
    await demo?.succeed("pulumi", ["stack", "rm", "--yes", demo.stack]);
    demo = undefined;
    await copy.succeed("pulumi", ["stack", "select", copy.stack]);
  };

  before(async () => {
    copy = await stackHandedOn();
    profile = (await copy.succeed("pulumi", ["config", "get", "profile", "--stack", copy.stack])).trim();
    await copy.up();
    url = String((await copy.outputs())["url"]);
    await begin();
  });

  after(async () => {
    if (demo !== undefined) await destroyDemo();
  });

  it("its container is paused", async () => {
    await execa("docker", ["pause", profile]);
    assert.match(await preview(), /minikube:index:Cluster todo-cluster update/);
    await converge();
  });

  it("its container is killed", async () => {
    await execa("docker", ["kill", profile]);
    assert.match(await preview(), /minikube:index:Cluster todo-cluster update/);
    await converge();
  });

  it("the machine was restarted: its container runs again, and nothing in it does", async () => {
    await execa("docker", ["restart", profile]);
    await converge();
  });

  it("its kubeconfig is deleted", async () => {
    await rm(kubeconfig());
    await converge();
  });

  it("its kubeconfig leads to another cluster under its own name, and so does the user's: neither is asked", async () => {
    const foreign = await recordRequests();
    const own = await readFile(kubeconfig(), "utf8");
    const users = join(copy.folder, "kubeconfig-of-the-user");
    const authority = Buffer.from("another authority").toString("base64");
    const theirs = own
      .replace(/server: .*/, `server: https://${foreign.address}`)
      .replace(/certificate-authority-data: .*/, `certificate-authority-data: ${authority}`);
    try {
      await writeFile(users, theirs);
      await writeFile(kubeconfig(), theirs);
      const env = { KUBECONFIG: users, DOCKER_HOST: "tcp://192.0.2.1:2375", DOCKER_CONTEXT: "production" };
      await preview(env);
      // In the middle of an `up` too.
      const running = converge({ env });
      await writeFile(users, theirs.replaceAll(profile, "production"));
      await running;
      assert.deepEqual(foreign.requests, [], "another cluster must not be asked for anything");
      assert.equal(await readFile(users, "utf8"), theirs.replaceAll(profile, "production"), "it is the user's file");
      assert.match(await readFile(kubeconfig(), "utf8"), new RegExp(/server: .*/.exec(own)?.[0] ?? ""));
    } finally {
      foreign.stop();
    }
  });

  it("another context is current in its kubeconfig: that is not asked", async () => {
    const foreign = await recordRequests();
    const own = await readFile(kubeconfig(), "utf8");
    try {
      // Not by kubectl: some distributions of it ask the server of the current context whatever they are told to do.
      const config = parse(own) as { clusters: object[]; contexts: object[] };
      // Without TLS, so that it can be read who asks.
      const theirs = { name: "production", cluster: { server: `http://${foreign.address}` } };
      const context = { name: "production", context: { cluster: "production", user: profile } };
      await writeFile(
        kubeconfig(),
        stringify({
          ...config,
          clusters: [...config.clusters, theirs],
          contexts: [...config.contexts, context],
          "current-context": "production",
        }),
      );
      await copy.edit("charts/todo/values.yaml", "\n", "\n# Makes Helm apply the release again.\n");
      await converge();
      assert.deepEqual(foreign.requests, [], "another cluster must not be asked for anything");
    } finally {
      await writeFile(kubeconfig(), own);
      foreign.stop();
    }
  });

  it("a power cut has left Minikube's profile half-written", async () => {
    await execa("docker", ["stop", profile]);
    for (const file of [`profiles/${profile}/config.json`, `machines/${profile}/config.json`]) {
      await truncate(join(minikubeHome, file), 20);
    }
    await preview();
    await converge();
  });

  it("its release is uninstalled", async () => {
    await helm("uninstall", "todo", "--wait");
    assert.match(await preview(), /helm.sh\/v3:Release todo-release replace/);
    await converge();
  });

  it("Helm was killed in the middle of an upgrade", async () => {
    await killHelm("upgrade");
    assert.match(await preview(), /helm.sh\/v3:Release todo-release update/);
    await converge();
  });

  it("Helm was killed in the middle of an install", async () => {
    await killHelm("install", () => kubectl("delete", "secrets", "--selector", helmRecords));
    assert.match(await preview(), /helm.sh\/v3:Release todo-release replace/);
    await converge();
  });

  it("an image was pruned, and its pod and another one do not come up", async () => {
    const daemon = await NodeDaemon.of(copy);
    await daemon.docker("image", "rm", "--force", daemon.images.backend);
    await kubectl("delete", "pod", "--selector", "app.kubernetes.io/component=backend");
    await until("the frontend must be in a crash loop", async () => {
      const running = await daemon.docker("ps", "--quiet", "--filter", "name=^/k8s_frontend_");
      if (running !== "") await daemon.docker("kill", ...running.split("\n"));
      const [pod] = await cluster().pods("frontend");
      return pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason === "CrashLoopBackOff";
    });
    assert.match(await preview(), /minikube:index:ImagePresence todo-backend-presence update/);
    await converge();
  });

  it("its disk is full during a build: up says so, and the version before serves on", async () => {
    // Where BuildKit prepares what it runs: a disk of its own, of one page.
    const full = "/var/lib/docker/buildkit/executor";
    const inNode = (...command: string[]) => execa("docker", ["exec", profile, ...command]);
    await inNode("mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", full);
    await copy.edit("apps/backend/src/app/main.py", "\n", "\n# Makes the image be built again.\n");
    try {
      const { exitCode, all } = await copy.pulumi(["up", "--yes", "--skip-preview", "--stack", copy.stack]);
      assert.notEqual(exitCode, 0, "what could not be built must not count as a success");
      assert.match(all, /no space left on device/);
      assert.deepEqual(await person.titles(), ["water the plants"], "the version before must serve on");
    } finally {
      await inNode("umount", full);
    }
    await converge();
  });

  it("H7: objects of its release were edited and deleted by hand", async () => {
    await kubectl("patch", "service", "todo-frontend", "--patch", '{"spec":{"sessionAffinity":"None"}}');
    await kubectl("scale", "deployment", "todo-backend", "--replicas=2");
    await kubectl("delete", "networkpolicy", "--all");
    const reported = await preview({});
    const named = /Changed since the last `up`, and put back by this: (.*)/.exec(reported)?.[1] ?? "";
    for (const object of ["Service/todo-frontend", "Deployment/todo-backend", "NetworkPolicy/"]) {
      assert.ok(named.includes(object), `the preview must name ${object}: ${reported}`);
    }
    const refreshed = await copy.pulumi(["preview", "--refresh", "--stack", copy.stack]);
    for (const object of ["Service/todo-frontend", "Deployment/todo-backend"]) {
      assert.ok(refreshed.all.includes(object), `a preview with a refresh must name ${object}: ${refreshed.all}`);
    }
    await converge();
    const service = await cluster().core.readNamespacedService({ name: "todo-frontend", namespace });
    assert.equal(service.spec?.sessionAffinity, "ClientIP");
    const deployment = await cluster().apps.readNamespacedDeployment({ name: "todo-backend", namespace });
    assert.equal(deployment.spec?.replicas, 1);
  });

  it("two people bring it up at once: the second is told who is there, and nothing is spoilt", async () => {
    await copy.edit("charts/todo/values.yaml", "\n", "\n# Makes Helm apply the release once more.\n");
    const first = copy.up();
    await until("the first must take the lock", () => Promise.resolve(locksOn(copy.folder, copy.stack).length > 0));
    const second = await copy.pulumi(["up", "--yes", "--skip-preview", "--stack", copy.stack]);
    await first;
    assert.notEqual(second.exitCode, 0);
    assert.match(second.all, /locked by 1 lock/);
    await converge();
  });

  it("a second stack stands beside it, from the same checkout: neither knows of the other", async () => {
    const pods = await cluster().podNames("backend");
    demo = WorkingCopy.at(copy.folder, "demo");
    const port = Number(new URL(url).port) + 1;
    await demo.succeed("pulumi", ["stack", "select", "--create", demo.stack]);
    const settings = { profile: `${profile}-demo`, port: String(port), cpus: "2", memory: "4096" };
    for (const [key, value] of Object.entries(settings)) await configure(demo, key, value);
    await demo.up();
    guest = await Account.signUp(`http://localhost:${port}`);
    await guest.add("feed the cat");
    assert.deepEqual(await cluster().podNames("backend"), pods, "the first must be left alone");
    await copy.up("--expect-no-changes");
  });

  it("a stack gets another size: npm start asks, and the backup that it names brings the data back", async () => {
    assert.ok(demo !== undefined && guest !== undefined, "the second stack must be up");
    const stack = demo;
    await configure(stack, "memory", "3072");
    const reported = await stack.succeed("pulumi", ["preview", "--stack", stack.stack]);
    assert.match(reported, /minikube:index:Cluster todo-cluster replace/);
    assert.match(reported, /all data in \S+-demo will be lost\. To keep them, now: npm run backup/);
    const asked = await stack.npm("start");
    assert.notEqual(asked.exitCode, 0, "what takes the data away must not be done unasked");
    assert.match(asked.all, /Another memory means another cluster: .* first: npm run backup.*\n.*--yes/);
    assert.deepEqual(await guest.titles(), ["feed the cat"], "a start that was refused must change nothing");

    const saved = /Wrote (\S+)/.exec((await stack.npm("backup")).all)?.[1] ?? "";
    const started = await timeToRecover(() => stack.npm("start", {}, "--yes"));
    assert.equal(started.exitCode, 0, started.all);
    const restored = await stack.npm("restore", {}, saved, "--yes");
    assert.equal(restored.exitCode, 0, restored.all);
    assert.deepEqual(await guest.titles(), ["feed the cat"], "the backup must bring back what the old cluster had");
  });

  it("the second stack is destroyed: the first serves on", async () => {
    await destroyDemo();
    assert.deepEqual(await dockerTraces(`${profile}-demo`), [], "nothing of the second stack may remain in Docker");
    assert.deepEqual(await person.titles(), ["water the plants"]);
    await copy.up("--expect-no-changes");
  });

  it("Docker is out of reach: up and destroy say so and change nothing, and a preview works", async () => {
    const env = { PATH: await minimalPath(copy.folder) };
    assert.match(await preview(env), /minikube:index:Cluster todo-cluster update/);
    for (const command of ["up", "destroy"]) {
      const { exitCode, all } = await copy.pulumi([command, "--yes", "--skip-preview", "--stack", copy.stack], env);
      assert.notEqual(exitCode, 0);
      assert.match(all, /Docker does not answer, and the cluster lives in it.*\n.*docker info/);
    }
    await converge();
  });

  it("its state is cut off: up says what to type, and that works", async () => {
    const { length } = await readFile(stateFile());
    await truncate(stateFile(), Math.floor(length / 2));
    let said = "";
    for (const command of ["preview", "up --yes --skip-preview", "refresh --yes", "destroy --yes"]) {
      const { exitCode, all } = await copy.pulumi([...command.split(" "), "--stack", copy.stack]);
      assert.notEqual(exitCode, 0, `${command} must not go on`);
      assert.match(all, /The state of stack .* is damaged/);
      said = all;
    }
    const [, from = "", to = ""] = /cp (\S+) (\S+)\. Or/.exec(said) ?? [];
    await execa("cp", [from, to], { cwd: copy.folder });
    await converge();
  });

  it("its state is lost, with passphrase and kubeconfig: it is taken over with its data", async () => {
    await rm(join(copy.folder, ".state"), { recursive: true });
    await copy.succeed("pulumi", ["stack", "select", "--create", copy.stack]);
    assert.match(await converge(), /The state of this stack was lost: its cluster .* is taken over/);
  });

  it("it is killed at random moments", async function () {
    this.timeout(`${Math.max(3, moments) * 5}m`);
    await killAtRandom(copy, (anew) => converge({ anew }));
  });

  it("its namespace is deleted, and held by a finalizer: up waits, and makes it anew", async () => {
    await kubectl("create", "configmap", "held");
    await kubectl("patch", "configmap", "held", "--patch", '{"metadata":{"finalizers":["example.com/hold"]}}');
    await kubectl("delete", "namespace", namespace, "--wait=false");
    assert.match(await preview(), /minikube:index:Namespace todo-namespace update/);
    // Its volume goes with it.
    const running = converge({ anew: true });
    const release = async (): Promise<boolean> => {
      const others = await kubectl("get", "pods", "--output=name");
      return others.stdout === "";
    };
    await until("everything but what is held must go", release);
    await kubectl("patch", "configmap", "held", "--patch", '{"metadata":{"finalizers":null}}');
    assert.match(await running, /waiting until the old one is gone/);
  });

  it("it is destroyed while it is paused", async () => {
    await execa("docker", ["pause", profile]);
    await copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", copy.stack]);
    assert.deepEqual(await dockerTraces(profile), [], "nothing of the stack may remain in Docker");
  });

  it("it is destroyed after its first start was killed", async () => {
    const up = copy.startPulumi("up", "--yes", "--skip-preview");
    const said = text(up.output);
    const early = up.ended.then(async () => assert.fail(`up ended by itself:\n${await said}`));
    await Promise.race([
      early,
      until("the cluster must be half-made", async () => (await dockerTraces(profile)).length > 0),
    ]);
    up.kill("SIGKILL");
    await up.ended;
    await copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", copy.stack]);
    assert.deepEqual(await dockerTraces(profile), [], "nothing of the stack may remain in Docker");
  });
});

/** A server that somebody's production cluster could be. It notes what comes, as far as that can be read, and never answers. */
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
