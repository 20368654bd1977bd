import assert from "node:assert/strict";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { until } from "../../helpers/until.ts";
import { edits } from "../../stack/support/edits.ts";
import { nameOf, patch, rolledOut, type Component } from "./deployments.ts";
import { duringLoad, loseNothing } from "./load.ts";
import { stack } from "../../stack/support/stack.ts";

/** How often each component is restarted under load; `TODO_STACK_ROLLOUTS=10` for a long look. */
const rollouts = Number(process.env["TODO_STACK_ROLLOUTS"] ?? 2);

describe("rollouts under a steady load", function () {
  this.timeout("30m");

  for (const component of ["backend", "frontend"] as const) {
    it(`P5: ${rollouts} rolling updates of the ${component} lose no request and no write`, async () => {
      await loseNothing(async () => {
        await sleep(2_000);
        for (let count = 0; count < rollouts; count += 1) await restart(component);
        await sleep(2_000);
      });
    });
  }

  describe("with two pods of each", () => {
    const { file, text: one } = edits.replicas;
    const two = one.replaceAll("1", "2");

    before(async () => {
      await stack.copy.edit(file, one, two);
      await stack.copy.up();
    });

    after(async () => {
      await stack.copy.edit(file, two, one);
      await stack.copy.up();
    });

    it("P5: draining the node is refused where it would take the last pod away, and loses nothing until the node is back", async () => {
      await loseNothing(() =>
        whileDrained("", async ({ exitCode, all }) => {
          assert.notEqual(exitCode, 0, `not every pod can go, since there is no second node:\n${all}`);
          for (const component of components) {
            const refusal = new RegExp(
              `evicting pods/"todo-${component}-\\S+" .*would violate the pod's disruption budget`,
            );
            assert.match(all, refusal, `the last pod of the ${component} must stay`);
          }
          const pending = await podsInPhase("Pending");
          assert.equal(pending.length, 2, `a backend and a frontend wait for the node's return, not ${pending.join()}`);
        }),
      );
    });

    it("P5: without the PodDisruptionBudgets the same drain loses requests, so it is they that keep them", async () => {
      const { policy, namespace } = stack.cluster;
      await policy.deleteCollectionNamespacedPodDisruptionBudget({ namespace });
      const { lost } = await duringLoad(() =>
        whileDrained(",app.kubernetes.io/component=frontend", ({ exitCode, all }) => {
          assert.equal(exitCode, 0, `every pod of the frontend must be evicted:\n${all}`);
        }),
      );
      assert.notDeepEqual(lost, {}, "the load must be able to see a drain that loses requests");
    });
  });

  it("P5: without the preStop sleep the same load loses requests, so it is what keeps them", async () => {
    const spec = await podSpec("frontend");
    const path = "/spec/template/spec/containers/0/lifecycle";
    await patch("frontend", [{ op: "remove", path }]);
    try {
      await rolledOut("frontend");
      let lost = {};
      for (let count = 0; count < 5 && Object.keys(lost).length === 0; count += 1) {
        ({ lost } = await duringLoad(() => restart("frontend")));
      }
      assert.notDeepEqual(lost, {}, "the load must be able to see a rollout that loses requests");
    } finally {
      await patch("frontend", [{ op: "add", path, value: spec.containers[0]?.lifecycle }]);
      await rolledOut("frontend");
    }
  });
});

const components = ["backend", "frontend", "postgres"] as const;

async function podSpec(component: Component) {
  const { apps, namespace } = stack.cluster;
  const { spec } = await apps.readNamespacedDeployment({ name: nameOf(component), namespace });
  assert.ok(spec?.template.spec !== undefined, `the Deployment of the ${component} must have a pod template`);
  return spec.template.spec;
}

/** Does what `kubectl rollout restart` does, and waits until the old pod is gone. */
async function restart(component: Component): Promise<void> {
  const path = "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt";
  await patch(component, [{ op: "add", path, value: new Date().toISOString() }]);
  await rolledOut(component);
}

/**
 * Drains the node of the pods of the release, by the node's own kubectl, which tries for some seconds what is refused;
 * has a look, and takes the node back.
 */
async function whileDrained(selector: string, look: (drain: Drain) => void | Promise<void>): Promise<void> {
  const which = `--pod-selector=app.kubernetes.io/instance=todo${selector}`;
  try {
    await look(await onNode("drain", which, "--delete-emptydir-data", "--timeout=20s"));
  } finally {
    await comeBack();
  }
}

/** Takes the node back, and waits until everything runs again. */
async function comeBack(): Promise<void> {
  const { exitCode, all } = await onNode("uncordon");
  assert.equal(exitCode, 0, all);
  await until("the database is ready", async () => {
    const { apps, namespace } = stack.cluster;
    const { status } = await apps.readNamespacedStatefulSet({ name: "todo-postgres", namespace });
    return status?.readyReplicas === 1;
  });
  await rolledOut("backend");
  await rolledOut("frontend");
}

/** How the command ended, and both its streams. */
interface Drain {
  exitCode?: number;
  all: string;
}

async function onNode(command: string, ...args: string[]): Promise<Drain> {
  const [node] = (await stack.cluster.core.listNode()).items;
  const { name = "" } = node?.metadata ?? {};
  const kubectl = `/var/lib/minikube/binaries/${node?.status?.nodeInfo?.kubeletVersion}/kubectl`;
  const words = ["exec", name, kubectl, "--kubeconfig=/etc/kubernetes/admin.conf", command, name, ...args];
  return await execa("docker", words, { all: true, reject: false });
}

async function podsInPhase(phase: string): Promise<string[]> {
  const { core, namespace } = stack.cluster;
  const { items } = await core.listNamespacedPod({ namespace, fieldSelector: `status.phase=${phase}` });
  return items.map(({ metadata }) => metadata?.name ?? "");
}
