import assert from "node:assert/strict";
import { pick, refusal, render } from "./support/render.ts";

/** PostgreSQL takes 100 as it is installed. Of all it keeps 3 for its administrator. */
const installed = 100;
const kept = 3;

describe("chart: database connections", () => {
  const cases: [what: string, pods: number, overlays: string[], set: string[], all?: number][] = [
    ["as installed", 2, [], []],
    ["in production", 10, ["values-prod.yaml"], []],
    ["with the most pods there can be", 28, [], ["backend.replicas=28"]],
    ["of a small external database", 2, [], ["backend.config.databaseConnections=25"], 25],
    ["of a large external database", 60, [], ["backend.replicas=60", "backend.config.databaseConnections=200"], 200],
    ["with the most pods when autoscaling", 28, ["values-prod.yaml"], ["backend.autoscaling.maxReplicas=28"]],
  ];
  for (const [what, pods, overlays, set, all = installed] of cases) {
    it(`all pods and one of a rollout get theirs ${what}`, async () => {
      const { data } = pick(await render({ overlays, set }), "ConfigMap", "todo-backend");
      const pool = Number(data?.["DATABASE_POOL_SIZE"]);
      assert.ok(pool >= 2, `the backend does not start with ${pool} connections`);
      // Each pod has one more for its probes, and some are left for backups, init containers and people.
      assert.ok((pods + 1) * (pool + 1) <= all - kept - 10, `${pods + 1} pods with ${pool + 1} connections each`);
    });
  }

  it("more pods than PostgreSQL has connections for are refused", async () => {
    for (const set of ["backend.replicas=29", "backend.autoscaling.maxReplicas=29"]) {
      const said = await refusal({ set: ["backend.autoscaling.enabled=true", set] });
      assert.match(said, /29 backend pods need more database connections than the 100 of PostgreSQL\./);
    }
    const said = await refusal({ set: ["backend.replicas=5", "backend.config.databaseConnections=25"] });
    assert.match(said, /than the 25 of PostgreSQL\. Set .* to 3 at most/);
  });
});
