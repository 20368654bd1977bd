import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { execa } from "execa";
import { stringify } from "yaml";
import { EXAMPLES } from "../support/chart-examples.ts";
import { CHART, readChartFile, render, type Manifest } from "../support/render.ts";

interface Scored {
  object_name: string;
  checks: { check: { id: string }; skipped: boolean; grade: number }[] | null;
}

/** What kube-score objects to, as `Deployment/apps/v1/todo/todo-backend: deployment-replicas`. */
async function objections(manifests: Manifest[]): Promise<string[]> {
  const { stdout } = await execa("kube-score", ["score", "--kubernetes-version=v1.34", "--output-format=json", "-"], {
    input: manifests.map((manifest) => stringify(manifest)).join("---\n"),
    reject: false,
  });
  const scored = JSON.parse(stdout) as Scored[];
  assert.ok(scored.length > 0, "kube-score must have looked at something");
  return scored.flatMap(({ object_name: name, checks }) =>
    (checks ?? []).filter(({ skipped, grade }) => !skipped && grade < 10).map(({ check }) => `${name}: ${check.id}`),
  );
}

describe("kube-score", () => {
  for (const overlays of [
    [],
    ["values-prod.yaml"],
    ...EXAMPLES.filter(({ name }) => name !== "openshift").map(({ overlays }) => overlays),
  ]) {
    it(`has nothing against ${overlays.at(-1) ?? "values.yaml"}`, async () => {
      assert.deepEqual(await objections(await render({ overlays })), []);
    });
  }

  it("has nothing against examples/openshift.yaml but that its pods name no user, as they must not there", async () => {
    const overlays = EXAMPLES.find(({ name }) => name === "openshift")?.overlays ?? [];
    assert.deepEqual((await objections(await render({ overlays }))).toSorted(), [
      "Deployment/apps/v1/todo/todo-backend: container-security-context-user-group-id",
      "Deployment/apps/v1/todo/todo-frontend: container-security-context-user-group-id",
      "Pod/v1/todo/todo-test: container-security-context-user-group-id",
    ]);
  });

  it("has nothing against monitoring", async () => {
    assert.deepEqual(await objections(await render({ set: ["monitoring.enabled=true"] })), []);
  });

  it("has nothing against backups", async () => {
    const set = ["backup.enabled=true", "backup.url=s3://bucket/todo"];
    assert.deepEqual(await objections(await render({ set })), []);
  });

  it("has nothing against values-dev.yaml but that its pods are single, as they are meant to be", async () => {
    assert.deepEqual((await objections(await render({ overlays: ["values-dev.yaml"] }))).toSorted(), [
      "Deployment/apps/v1/todo/todo-backend: deployment-replicas",
      "Deployment/apps/v1/todo/todo-frontend: deployment-replicas",
    ]);
  });

  it("has nothing more against development but that no pod is restarted because its code is broken", async () => {
    const manifests = await render({ overlays: ["values-dev.yaml"], set: ["development.enabled=true"] });
    assert.deepEqual((await objections(manifests)).toSorted(), [
      "Deployment/apps/v1/todo/todo-backend: deployment-replicas",
      "Deployment/apps/v1/todo/todo-backend: pod-probes",
      "Deployment/apps/v1/todo/todo-frontend: deployment-replicas",
      "Deployment/apps/v1/todo/todo-frontend: pod-probes",
    ]);
  });

  it("objects to a container that may write to its root file system", async () => {
    const deployments = (await render()).filter(({ kind }) => kind === "Deployment");
    const security = deployments[0]?.spec?.["template"].spec.containers[0].securityContext;
    security.readOnlyRootFilesystem = false;
    const found = await objections(deployments);
    assert.ok(
      found.some((objection) => objection.includes("container-security-context-readonlyrootfilesystem")),
      found.join(),
    );
  });

  it("is overruled nowhere without a reason beside it", async () => {
    const files = (await readdir(`${CHART}templates`, { recursive: true })).filter((file) => file.endsWith(".yaml"));
    let overruled = 0;
    for (const file of files) {
      const lines = (await readChartFile(`templates/${file}`)).split("\n");
      for (const [index, line] of lines.entries()) {
        if (!line.includes("kube-score/ignore")) continue;
        overruled += 1;
        assert.match(lines[index - 1] ?? "", /^\s*# \w/, `${file}:${index + 1} ignores a finding without saying why`);
      }
    }
    assert.ok(overruled > 0, "the annotations must be found");
  });
});
