import assert from "node:assert/strict";
import { FaultyStack } from "../../helpers/cluster/faulty-stack.ts";
import { stack } from "../../stack/support/stack.ts";

interface Resource {
  urn: string;
  type: string;
}

/**
 * What somebody has taken out of Pulumi's state by hand: the next `up` takes it over, with the data and without a pod
 * being restarted.
 */
describe("a stack whose state has forgotten", function () {
  this.timeout("10m");

  for (const { what, type, name = /./ } of [
    { what: "its release", type: "kubernetes:helm.sh/v3:Release" },
    { what: "the backend's Secret", type: "kubernetes:core/v1:Secret", name: /backend/ },
    { what: "the database's Secret", type: "kubernetes:core/v1:Secret", name: /postgres/ },
    { what: "its namespace", type: "minikube:index:Namespace" },
    { what: "its cluster", type: "minikube:index:Cluster" },
  ]) {
    it(`${what} takes it over by one up`, async () => {
      const { copy } = stack;
      const laptop = await FaultyStack.of(copy, stack.url);
      const { resources } = (
        JSON.parse(await copy.succeed("pulumi", ["stack", "export", "--stack", copy.stack])) as {
          deployment: { resources: Resource[] };
        }
      ).deployment;
      const found = resources.find((each) => each.type === type && name.test(each.urn.split("::").at(-1) ?? ""));
      assert.ok(found !== undefined, `the state must know ${what}`);
      const before = await podsOf();
      // With what depends on it, since Pulumi deletes nothing from the state on which something else depends.
      const words = ["state", "delete", "--yes", "--force", "--target-dependents", found.urn, "--stack", copy.stack];
      await copy.succeed("pulumi", words);
      await laptop.preview();
      await laptop.converge();
      assert.deepEqual(await podsOf(), before, "what runs must go on running");
    });
  }
});

async function podsOf(): Promise<string[]> {
  const pods = await Promise.all(
    ["backend", "frontend", "postgres"].map((component) => stack.cluster.podNames(component)),
  );
  return pods.flat();
}
