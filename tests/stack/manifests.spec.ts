import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { get, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { KubeConfig } from "@kubernetes/client-node";
import { EXAMPLES } from "../chart/support/chart-examples.ts";
import { kubeconform, writeSchemas } from "../chart/support/kubeconform.ts";
import { render, type Manifest } from "../chart/support/render.ts";
import { stack } from "./support/stack.ts";

describe("the chart's manifests and the API server that runs", function () {
  this.timeout("2m");
  let schemas: string;

  before(async () => {
    schemas = await mkdtemp(join(tmpdir(), "schemas-"));
    await writeSchemas(schemas, await askApi("/openapi/v2"));
  });

  after(async () => {
    await rm(schemas, { recursive: true });
  });

  for (const overlays of [[], ["values-dev.yaml"], ["values-prod.yaml"]]) {
    it(`H1: every manifest of ${overlays[0] ?? "values.yaml"} is what the API server's own schemas ask for`, async () => {
      const { wrong, checked } = await kubeconform(schemas, await render({ overlays }));
      assert.deepEqual(wrong, []);
      assert.ok(checked >= 15, `only ${checked} manifests were checked`);
    });
  }

  it("H1: so is every manifest of monitoring", async () => {
    const { wrong } = await kubeconform(schemas, await render({ set: ["monitoring.enabled=true"] }));
    assert.deepEqual(wrong, []);
  });

  it("H1: so is every manifest of the examples for the clusters of vendors", async () => {
    const manifests = await Promise.all(EXAMPLES.map(({ overlays }) => render({ overlays })));
    const { wrong, checked } = await kubeconform(schemas, manifests.flat());
    assert.deepEqual(wrong, []);
    assert.ok(checked >= 15 * EXAMPLES.length, `only ${checked} manifests were checked`);
  });

  const mistakes: [string, (deployment: Manifest) => void][] = [
    ["a field that does not exist", ({ spec = {} }) => (spec["replica"] = 1)],
    ["a value of the wrong type", ({ spec = {} }) => (spec["replicas"] = "one")],
    ["a field that is missing", ({ spec = {} }) => delete spec["selector"]],
    ["a version of the API that is gone", (deployment) => (deployment.apiVersion = "apps/v1beta2")],
  ];
  for (const [what, make] of mistakes) {
    it(`H1: ${what} is found`, async () => {
      const deployments = (await render()).filter(({ kind }) => kind === "Deployment").slice(0, 1);
      for (const deployment of deployments) make(deployment);
      const { wrong } = await kubeconform(schemas, deployments);
      assert.equal(wrong.length, 1, "kubeconform must name the manifest");
    });
  }
});

async function askApi(path: string): Promise<string> {
  const config = new KubeConfig();
  config.loadFromFile(stack.cluster.kubeconfig);
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const [response] = (await once(get(`${config.getCurrentCluster()?.server ?? ""}${path}`, options), "response")) as [
    IncomingMessage,
  ];
  assert.equal(response.statusCode, 200, `the API server must answer to ${path}`);
  return await text(response);
}
