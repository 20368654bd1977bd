import assert from "node:assert/strict";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { execa } from "execa";
import { minikubeHome } from "../../../machine/paths.ts";
import { dockerTraces } from "../../helpers/cluster/docker-engine.ts";
import { FaultyStack, helmRecords } from "../../helpers/cluster/faulty-stack.ts";
import { inSequence } from "../../helpers/in-sequence.ts";
import { NodeDaemon } from "../../helpers/cluster/node-daemon.ts";
import { until } from "../../helpers/until.ts";
import { WorkingCopy } from "../../helpers/working-copy.ts";
import { killAtRandom, moments } from "./kills.ts";
import { stackHandedOn } from "./stack.ts";

const namespace = "todo";

/**
 * What happens to a laptop, as far as it takes long: the rest is in tests/e2e/faults.spec.ts. After each fault one `up`
 * must converge, the next have nothing to do, and no todo be lost.
 */
describe("a stack to which something has happened", function () {
  this.timeout("15m");
  inSequence();

  let copy: WorkingCopy;
  let profile: string;
  let url: string;
  let laptop: FaultyStack;
  let demo: WorkingCopy | undefined;

  const destroyDemo = async (): Promise<void> => {
    await demo?.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", demo.stack]);
    await demo?.succeed("pulumi", ["stack", "rm", "--yes", demo.stack]);
    demo = undefined;
    await copy.succeed("pulumi", ["stack", "select", copy.stack]);
  };

  before(async () => {
    copy = await stackHandedOn();
    await copy.up();
    laptop = await FaultyStack.of(copy, String((await copy.outputs())["url"]));
    ({ profile, url } = laptop);
  });

  after(async () => {
    if (demo !== undefined) await destroyDemo();
  });

  it("its container is killed", async () => {
    await execa("docker", ["kill", profile]);
    assert.match(await laptop.preview(), /minikube:index:Cluster todo-cluster update/);
    await laptop.converge();
  });

  it("the machine was restarted: its container runs again, and nothing in it does", async () => {
    await execa("docker", ["restart", profile]);
    await laptop.converge();
  });

  it("a power cut has left Minikube's profile half-written", async () => {
    await execa("docker", ["stop", profile]);
    for (const file of [`profiles/${profile}/config.json`, `machines/${profile}/config.json`]) {
      await truncate(join(minikubeHome, file), 20);
    }
    await laptop.preview();
    await laptop.converge();
  });

  it("its network is pruned while it is stopped", async () => {
    const stopped = await copy.npm("stop");
    assert.equal(stopped.exitCode, 0, stopped.all);
    // As `docker network prune` does it, which would take networks of others too.
    await execa("docker", ["network", "rm", profile]);
    await laptop.converge();
  });

  it("its release is uninstalled", async () => {
    await laptop.helm("uninstall", "todo", "--wait");
    assert.match(await laptop.preview(), /helm.sh\/v3:Release todo-release replace/);
    await laptop.converge();
  });

  it("Helm was killed in the middle of an install", async () => {
    await laptop.killHelm("install", () => laptop.kubectl("delete", "secrets", "--selector", helmRecords));
    assert.match(await laptop.preview(), /helm.sh\/v3:Release todo-release replace/);
    await laptop.converge();
  });

  it("an image was pruned, and its pod and another one do not come up", async () => {
    const daemon = await NodeDaemon.of(copy);
    await daemon.docker("image", "rm", "--force", daemon.images.backend);
    await laptop.kubectl("delete", "pod", "--selector", "app.kubernetes.io/component=backend");
    await until("the frontend must be in a crash loop", async () => {
      const running = await daemon.docker("ps", "--quiet", "--filter", "name=^/k8s_frontend_");
      if (running !== "") await daemon.docker("kill", ...running.split("\n"));
      const [pod] = await laptop.cluster.pods("frontend");
      return pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason === "CrashLoopBackOff";
    });
    assert.match(await laptop.preview(), /minikube:index:ImagePresence todo-backend-presence update/);
    await laptop.converge();
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
      await laptop.keepsTodo("the version before must serve on");
    } finally {
      await inNode("umount", full);
    }
    await laptop.converge();
  });

  it("a second stack stands beside it, from the same checkout: neither knows of the other", async () => {
    const pods = await laptop.cluster.podNames("backend");
    demo = WorkingCopy.at(copy.folder, "demo");
    const port = Number(new URL(url).port) + 1;
    await demo.succeed("pulumi", ["stack", "select", "--create", demo.stack]);
    await demo.configure({ profile: `${profile}-demo`, port: String(port), cpus: "2", memory: "4096" });
    await demo.up();
    assert.deepEqual(await laptop.cluster.podNames("backend"), pods, "the first must be left alone");
    await copy.up("--expect-no-changes");
  });

  it("the second stack is destroyed: the first serves on", async () => {
    await destroyDemo();
    assert.deepEqual(await dockerTraces(`${profile}-demo`), [], "nothing of the second stack may remain in Docker");
    await laptop.keepsTodo();
    await copy.up("--expect-no-changes");
  });

  it("it is killed at random moments", async function () {
    this.timeout(`${Math.max(3, moments) * 5}m`);
    await killAtRandom(copy, (losesData) => laptop.converge({ losesData }));
  });

  it("its namespace is deleted, and held by a finalizer: up waits, and makes it anew", async () => {
    await laptop.kubectl("create", "configmap", "held");
    await laptop.kubectl("patch", "configmap", "held", "--patch", '{"metadata":{"finalizers":["example.com/hold"]}}');
    await laptop.kubectl("delete", "namespace", namespace, "--wait=false");
    assert.match(await laptop.preview(), /minikube:index:Namespace todo-namespace update/);
    // Its volume goes with it.
    const running = laptop.converge({ losesData: true });
    const release = async (): Promise<boolean> => {
      const others = await laptop.kubectl("get", "pods", "--output=name");
      return others.stdout === "";
    };
    await until("everything but what is held must go", release);
    await laptop.kubectl("patch", "configmap", "held", "--patch", '{"metadata":{"finalizers":null}}');
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
