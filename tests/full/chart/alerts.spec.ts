import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { createFixture, type FsFixture } from "fs-fixture";
import { parse } from "yaml";
import { type Manifest, pick, readChartFile, render } from "../../chart/support/render.ts";

const alertTests = fileURLToPath(new URL("alerts.test.yaml", import.meta.url));

interface Rules {
  groups: { rules: { alert: string }[] }[];
}

interface AlertTests {
  tests: { alert_rule_test: { alertname: string; exp_alerts?: object[] }[] }[];
}

interface Dashboard {
  panels: { title: string; targets: { expr: string }[] }[];
}

describe("chart: alerts and dashboard, by promtool", () => {
  let manifests: Manifest[];
  let folder: FsFixture;
  before(async () => {
    manifests = await render({ set: ["monitoring.enabled=true"] });
    folder = await createFixture({
      "prometheus.yaml": fileOf("prometheus.yaml"),
      "rules.yaml": fileOf("rules.yaml"),
    });
  });
  after(() => folder.rm());

  it("O3: configuration and rules are valid", async () => {
    await promtool("check", "config", "--lint=all", "--lint-fatal", folder.getPath("prometheus.yaml"));
    await promtool("check", "rules", "--lint=all", "--lint-fatal", folder.getPath("rules.yaml"));
  });

  it("O3: a mistake in either is found", async () => {
    await writeFile(folder.getPath("wrong.yaml"), fileOf("prometheus.yaml").replace("scrape_interval", "scrape_every"));
    await assert.rejects(promtool("check", "config", folder.getPath("wrong.yaml")), /scrape_every not found/);
    await writeFile(folder.getPath("wrong-rules.yaml"), fileOf("rules.yaml").replace("absent(up", "absent(up("));
    await assert.rejects(promtool("check", "rules", folder.getPath("wrong-rules.yaml")), /could not parse expression/);
  });

  it("O3: every alert fires when it should, and only then", async () => {
    await promtool("test", "rules", alertTests);
  });

  it("O3: every alert is tried both ways", async () => {
    const { tests } = parse(await readFile(alertTests, "utf8")) as AlertTests;
    const tried = tests.flatMap(({ alert_rule_test: each }) => each);
    const fires = new Set(tried.filter((each) => each.exp_alerts !== undefined).map(({ alertname }) => alertname));
    const rests = new Set(tried.filter((each) => each.exp_alerts === undefined).map(({ alertname }) => alertname));
    const { groups } = parse(fileOf("rules.yaml")) as Rules;
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    assert.deepEqual([...fires].toSorted(), alerts.toSorted(), "every alert must be seen to fire");
    assert.deepEqual([...rests].toSorted(), alerts.toSorted(), "every alert must be seen not to fire");
  });

  it("O3: every expression of the dashboard can be read", async () => {
    const { panels } = JSON.parse(await readChartFile("files/monitoring/dashboard.json")) as Dashboard;
    for (const { title, targets } of panels) {
      for (const { expr } of targets) {
        await assert.doesNotReject(promtool("--experimental", "promql", "format", expr), `${title}: ${expr}`);
      }
    }
    assert.ok(panels.length >= 8, "the panels must be found");
  });

  /** A file of Prometheus, as it is in its pod. */
  function fileOf(name: string): string {
    return pick(manifests, "ConfigMap", "todo-prometheus").data?.[name] ?? "";
  }
});

async function promtool(...args: string[]): Promise<void> {
  await execa("promtool", args, { all: true });
}
