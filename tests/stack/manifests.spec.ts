import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { get, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { KubeConfig } from "@kubernetes/client-node";
import { execa } from "execa";
import { stringify } from "yaml";
import { render, type Manifest } from "../chart/render.ts";
import { stack } from "./stack.ts";

interface Schema {
  properties?: object;
  additionalProperties?: unknown;
  "x-kubernetes-group-version-kind"?: { group: string; version: string; kind: string }[];
}

describe("the chart's manifests and the API server that runs", function () {
  this.timeout("2m");
  let schemas: string;

  before(async () => {
    schemas = await mkdtemp(join(tmpdir(), "schemas-"));
    await writeSchemas(schemas);
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

/** Checks manifests. Gives what is wrong, and how many were looked at. */
async function kubeconform(schemas: string, manifests: Manifest[]): Promise<{ wrong: string[]; checked: number }> {
  const location = join(schemas, "{{.Group}}-{{.ResourceAPIVersion}}-{{.ResourceKind}}.json");
  const { stdout } = await execa("kubeconform", ["-output=json", "-verbose", `-schema-location=${location}`], {
    input: manifests.map((manifest) => stringify(manifest)).join("---\n"),
    reject: false,
  });
  const { resources } = JSON.parse(stdout) as {
    resources: { kind: string; name: string; status: string; msg: string }[];
  };
  const wrong = resources.filter(({ status }) => status !== "statusValid");
  return { wrong: wrong.map(({ kind, name, msg }) => `${kind}/${name}: ${msg}`), checked: resources.length };
}

/** Writes what the API server says of its objects as JSON schemas: one file a kind, which points into a file with all. */
async function writeSchemas(folder: string): Promise<void> {
  const { definitions } = JSON.parse(await askApi("/openapi/v2")) as { definitions: Record<string, Schema> };
  for (const schema of Object.values(definitions)) {
    // Otherwise a misspelt field would be one more field.
    if (schema.properties !== undefined) schema.additionalProperties ??= false;
  }
  // OpenAPI 2 has no words for these.
  definitions["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] = { type: ["integer", "string"] } as Schema;
  definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = { type: ["number", "string"] } as Schema;
  await writeFile(join(folder, "all.json"), JSON.stringify({ definitions }));
  for (const [name, { "x-kubernetes-group-version-kind": kinds = [] }] of Object.entries(definitions)) {
    for (const { group, version, kind } of kinds) {
      const file = `${group || version}-${version}-${kind.toLowerCase()}.json`;
      await writeFile(join(folder, file), JSON.stringify({ $ref: `all.json#/definitions/${name}` }));
    }
  }
}

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
