import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import type { ControlPlaneState } from "../../../../provider/resources/cluster/control-plane.ts";
import { baseImages } from "../../../../offline/registries/images/base-images.ts";
import { FakeMachine } from "../../fake-machine.ts";

const urn = "urn:pulumi:test::todo-stack::minikube:index:ControlPlane::kubernetes";

describe("minikube:index:ControlPlane", () => {
  let machine: FakeMachine;

  beforeEach(async () => {
    machine = await FakeMachine.create();
  });

  afterEach(() => machine.restore());

  /** Brings a cluster and its Kubernetes up, as `pulumi up` does. */
  async function up(): Promise<ControlPlaneState> {
    const { state } = await machine.cluster().create(machine.urn, await machine.checked());
    return (await machine.controlPlane().create(urn, machine.inputsOf(state))).state;
  }

  const kubectlCalls = async (): Promise<string[][]> =>
    (await machine.minikubeCalls()).map(({ args }) => args).filter(([command]) => command === "kubectl");

  it("waits for the start that the cluster has begun, and shows how far it is", async () => {
    await machine.file("kubernetes-hangs");
    const creation = up();
    while (!machine.has("daemon-runs")) await setTimeout(20);
    await setTimeout(200);
    assert.deepEqual(await kubectlCalls(), [], "nothing may be asked of a Kubernetes that is not there yet");
    await machine.remove("kubernetes-hangs");
    await creation;
    assert.equal(machine.progress.at(-1), "ready");
    assert.equal(machine.beside.at(-1), "kubernetes");
  });

  it("fails with what Minikube said when that start fails", async () => {
    await machine.file("kubernetes-fails");
    await assert.rejects(up(), /^UserError: minikube start failed for profile todo: no etcd\n {2}Look\.$/);
  });

  it("fails when the user cancels that start", async () => {
    await machine.file("kubernetes-hangs");
    const creation = assert.rejects(up(), /cancelled/);
    while (!machine.has("daemon-runs")) await setTimeout(20);
    machine.cancel();
    await creation;
  });

  it("finds nothing to do as long as the node has not been started again", async () => {
    const state = await up();
    assert.deepEqual(await machine.controlPlane().diff(urn, state, state), { changes: false });
    for (const change of [{ nodeStarted: "2026-02-03T04:05:06.7Z" }, { instance: "another" }]) {
      const difference = await machine.controlPlane().diff(urn, state, { ...state, ...change });
      assert.deepEqual(difference, { changes: true }, JSON.stringify(change));
    }
  });

  describe("S3: enforcing NetworkPolicies, which Minikube's own network does not", () => {
    it("adds what does and waits for it", async () => {
      const { networkPolicy } = await up();
      assert.equal(networkPolicy, "kube-router");
      assert.deepEqual(
        (await kubectlCalls()).map((args) => args.slice(0, 7)),
        [
          [
            ...["kubectl", "-p", "todo", "--", "--context=todo"],
            ...["apply", `--filename=${resolve("provider/cluster/kubernetes/kube-router.yaml")}`],
          ],
          ["kubectl", "-p", "todo", "--", "--context=todo", "rollout", "status"],
        ],
      );
      for (const { env } of await machine.minikubeCalls()) assert.equal(env["KUBECONFIG"], machine.kubeconfig);
    });

    it("does so again when the node has been started, and restarts nothing", async () => {
      const state = await up();
      const before = (await kubectlCalls()).length;
      await machine.controlPlane().update(urn, state, { ...state, nodeStarted: "2026-02-03T04:05:06.7Z" });
      assert.equal((await kubectlCalls()).length, 2 * before);
      assert.equal((await machine.didMinikube()).filter((command) => command === "start").length, 1);
    });

    it("says so, and why, when nothing does; the cluster is kept, and the next `up` tries again", async () => {
      await machine.file("kubectl-fails", "error: timed out waiting for the condition");
      const state = await up();
      assert.equal(state.networkPolicy, "none");
      assert.equal(machine.warned.length, 1);
      assert.match(machine.warned[0] ?? "", /NOT enforced.*timed out waiting for the condition.*tries again/);
      assert.deepEqual(await machine.controlPlane().diff(urn, state, state), { changes: true });
      await machine.remove("kubectl-fails");
      assert.equal((await machine.controlPlane().update(urn, state, state)).networkPolicy, "kube-router");
    });

    for (const [what, prepare] of [
      ["was deleted", () => machine.file("kubectl-fails", "Error from server (NotFound)")],
      ["does not run", () => machine.file("ready-pods", "0")],
      ["has not run yet", () => machine.file("ready-pods", "")],
    ] as const) {
      it(`is found missing by a refresh when it ${what}`, async () => {
        const state = await up();
        await prepare();
        assert.deepEqual(await machine.controlPlane().read(urn, state), { ...state, networkPolicy: "none" });
      });
    }

    it("is believed in by a refresh of a cluster that does not answer", async () => {
      const state = await up();
      await machine.api.stop();
      assert.deepEqual(await machine.controlPlane().read(urn, state), state);
    });

    for (const file of [
      "provider/cluster/kubernetes/kube-router.yaml",
      "provider/cluster/kubernetes/kube-router-network.yaml",
    ]) {
      it(`runs the image of ${file} that set-up makes where no image can be pulled`, () => {
        const images = baseImages({ unreachable: ["registry-1.docker.io"] }).map(({ reference }) => reference);
        const used = [...readFileSync(file, "utf8").matchAll(/image: (\S+)/g)].map(([, image = ""]) => image);
        assert.notDeepEqual(used, []);
        for (const image of used) assert.ok(images.includes(image), `${image} is not among ${images.join(", ")}`);
      });
    }

    it("is the same firewall in both files, with the same rights, but for what makes it the network too", () => {
      const objectsIn = (file: string): Map<string, unknown> =>
        new Map(
          parseAllDocuments(readFileSync(`provider/cluster/kubernetes/${file}`, "utf8")).map((document) => {
            const object = document.toJS() as { kind: string };
            return [object.kind, object];
          }),
        );
      const [firewall, network] = [objectsIn("kube-router.yaml"), objectsIn("kube-router-network.yaml")];
      for (const kind of ["ServiceAccount", "ClusterRole", "ClusterRoleBinding"]) {
        assert.deepEqual(network.get(kind), firewall.get(kind), kind);
      }
      const containerOf = (objects: Map<string, unknown>): object => {
        const { spec } = objects.get("DaemonSet") as { spec: { template: { spec: { containers: [object] } } } };
        return { ...spec.template.spec.containers[0], args: [], env: [], volumeMounts: [] };
      };
      assert.deepEqual(containerOf(network), containerOf(firewall));
    });

    it("hides pods behind their node only outside the cluster, without waiting for a list of nodes", () => {
      const network = readFileSync("provider/cluster/kubernetes/kube-router-network.yaml", "utf8");
      assert.match(
        network,
        /^ +- --enable-pod-egress=false$/m,
        "kube-router renews its list of nodes every five minutes",
      );
      assert.match(network, /--source 10\.244\.0\.0\/16 ! --destination 10\.244\.0\.0\/16 --jump MASQUERADE/);
    });

    it("keeps what is sent to pods of a lost node in the cluster", () => {
      const network = readFileSync("provider/cluster/kubernetes/kube-router-network.yaml", "utf8");
      assert.match(network, /^ +ip route replace unreachable 10\.244\.0\.0\/16$/m);
    });

    it("applies the network of a cluster with several nodes, where the nodes are connected by it", async () => {
      const { state } = await machine.cluster().create(machine.urn, await machine.checked({ network: "kube-router" }));
      await machine.controlPlane().create(urn, { ...machine.inputsOf(state), network: "kube-router" });
      const applied = (await kubectlCalls()).flat().filter((word) => word.startsWith("--filename="));
      assert.deepEqual(applied, [`--filename=${resolve("provider/cluster/kubernetes/kube-router-network.yaml")}`]);
    });
  });
});
