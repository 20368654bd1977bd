import assert from "node:assert/strict";
import { pick, refusal, render, type Options } from "./support/render.ts";

describe("chart: settings of PostgreSQL", () => {
  const sizes: [limit: string, buffers: string][] = [
    ["256Mi", "64MB"],
    ["2Gi", "512MB"],
    ["1.5Gi", "384MB"],
    ["1G", "238MB"],
    ["1073741824", "256MB"],
    ["64Mi", "32MB"],
  ];
  for (const [limit, buffers] of sizes) {
    it(`a quarter of ${limit} is kept for data: ${buffers}`, async () => {
      const set = [`postgres.resources.limits.memory=${limit}`];
      assert.deepEqual(await settingsOf(limit === "1073741824" ? { values: withLimit(limit) } : { set }), [
        `shared_buffers=${buffers}`,
      ]);
    });
  }

  it("takes as many connections as are shared out among the backend's pods", async () => {
    const set = ["backend.config.databaseConnections=300"];
    assert.deepEqual(await settingsOf({ set }), ["max_connections=300", "shared_buffers=64MB"]);
  });

  it("has the user's settings, which win over those that are calculated", async () => {
    const settings = { shared_buffers: "1GB", log_line_prefix: "%m [%p] ", work_mem: "16MB" };
    assert.deepEqual(await settingsOf({ values: { postgres: { settings } } }), [
      "log_line_prefix=%m [%p] ",
      "shared_buffers=1GB",
      "work_mem=16MB",
    ]);
  });

  it("refuses a setting that is none", async () => {
    assert.match(await refusal({ values: { postgres: { settings: { "work mem": "1MB" } } } }), /propertyNames|pattern/);
    assert.match(await refusal({ values: { postgres: { settings: { work_mem: 16 } } } }), /got number, want string/);
  });
});

/** What PostgreSQL is started with, without the words between. */
async function settingsOf(options: Options): Promise<string[]> {
  const [container] = pick(await render(options), "StatefulSet", "todo-postgres").spec["template"].spec.containers;
  const [program, ...settings] = container.args as string[];
  assert.equal(program, "postgres");
  assert.ok(settings.every((word, index) => index % 2 === 1 || word === "-c"));
  return settings.filter((_, index) => index % 2 === 1);
}

function withLimit(memory: string): object {
  return { postgres: { resources: { limits: { memory } } } };
}
