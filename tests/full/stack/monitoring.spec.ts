import assert from "node:assert/strict";
import type { Server } from "node:net";
import { KubeConfig, type V1Pod } from "@kubernetes/client-node";
import { parse } from "yaml";
import { isOutOfReach } from "../../../machine/machine.ts";
import { pluginFolder } from "../../../machine/paths.ts";
import { executableOf, whatIs } from "../../../offline/stand-ins/install.ts";
import { readChartFile } from "../../chart/support/render.ts";
import { launchBrowser } from "../../helpers/browser.ts";
import { ClusterView } from "../../helpers/cluster/cluster-view.ts";
import { look } from "../../helpers/look.ts";
import { NodeDaemon } from "../../helpers/cluster/node-daemon.ts";
import { forwardPort } from "../../helpers/cluster/port-forward.ts";
import { until } from "../../helpers/until.ts";
import { stack } from "../../stack/support/stack.ts";

interface Dashboard {
  panels: { targets: { expr: string }[] }[];
}

interface Rules {
  groups: { rules: { alert: string }[] }[];
}

/** What Prometheus says of its targets and rules, as much as is looked at. */
interface Targets {
  activeTargets: { labels: { job: string }; health: string; lastError: string }[];
}

interface LoadedRules {
  groups: { rules: { name: string; health: string; state: string }[] }[];
}

interface Result {
  result: { value: [number, string] }[];
}

describe("monitoring", function () {
  this.timeout("10m");

  let forwarded: Server | undefined;
  let url = "";
  let stranger: ClusterView;

  before(async () => {
    const isOfficial = (await whatIs(executableOf(pluginFolder, "docker"))) === "official";
    if (isOfficial && isOutOfReach("https://registry-1.docker.io")) {
      await (await NodeDaemon.of(stack.copy)).buildMadeImages();
    }
    await stack.copy.succeed("pulumi", ["config", "set", "--stack", stack.copy.stack, "monitoring", "true"]);
    await stack.copy.succeed("pulumi", ["config", "set", "--stack", stack.copy.stack, "operations", "watch"]);
    await stack.copy.up();
    const config = new KubeConfig();
    config.loadFromFile(stack.cluster.kubeconfig);
    const { metadata } = await stack.cluster.pod("prometheus");
    const { namespace } = stack.cluster;
    const { server, port } = await forwardPort(config, { namespace, pod: metadata?.name ?? "", port: 9090 });
    forwarded = server;
    url = `http://127.0.0.1:${port}`;
    stranger = await startStranger();
  });

  after(async () => {
    forwarded?.close();
    await stack.copy.succeed("pulumi", ["config", "rm", "--stack", stack.copy.stack, "monitoring"]);
    await stack.copy.succeed("pulumi", ["config", "rm", "--stack", stack.copy.stack, "operations"]);
    await stack.copy.up();
    await stranger.core.deleteNamespace({ name: stranger.namespace });
    const { apps, namespace } = stack.cluster;
    const { items } = await apps.listNamespacedDeployment({ namespace });
    const names = items.map(({ metadata }) => metadata?.name).toSorted();
    assert.deepEqual(names, ["todo-backend", "todo-frontend"], "without the setting Prometheus must be gone");
  });

  it("O3: Prometheus reads backend, frontend, database and the controller for operations, has every alert, and shows a page", async () => {
    await until("Prometheus reads both applications and the controller", async () => {
      const { activeTargets } = await ask<Targets>("targets");
      return activeTargets.length === 3 && activeTargets.every(({ health }) => health === "up");
    });
    for (const expression of [
      'sum(http_requests_total{job="todo-backend"}) > 0',
      'sum(http_requests_total{job="todo-frontend"}) > 0',
      'process_resident_memory_bytes{job="todo-backend"} > 1e6',
      'nodejs_heap_size_used_bytes{job="todo-frontend"} > 1e6',
      'sum(todo_operations_open_incidents{job="todo-operations"}) >= 0',
      "pg_up == 1",
      "pg_database_size_bytes > 1e6",
      "pg_stat_database_numbackends > 0",
    ]) {
      assert.equal((await query(expression)).length, 1, `one series must have a value: ${expression}`);
    }
    const { panels } = JSON.parse(await readChartFile("files/monitoring/dashboard.json")) as Dashboard;
    for (const { expr } of panels.flatMap(({ targets }) => targets)) {
      // Rates need a while.
      const found = await query(expr);
      if (!expr.includes("rate(")) assert.ok(found.length > 0, `the dashboard must have something to show: ${expr}`);
    }

    await until("every alert was tried and none fires or is about to", async () => {
      const states = (await rules()).flatMap(({ health, state }) => [health, state]);
      return states.every((each) => ["ok", "inactive"].includes(each));
    });
    const { groups } = parse(await readChartFile("files/monitoring/rules.yaml")) as Rules;
    assert.deepEqual(
      (await rules()).map(({ name }) => name),
      groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)),
    );

    const browser = await launchBrowser();
    try {
      const page = await (await browser.newContext({ baseURL: url })).newPage();
      await page.goto("/consoles/index.html");
      await page.getByRole("row", { name: /^todo-backend [\d.]+ yes/ }).waitFor();
      await page.getByRole("row", { name: /^todo-frontend [\d.]+ yes/ }).waitFor();
      await page.getByRole("row", { name: /^Connections \d+ of 100$/ }).waitFor();
      await look(page, "monitoring");
    } finally {
      await browser.close();
    }
  });

  it("S3: nobody but it reads the metrics, and nobody reaches it", async () => {
    const address = async (component: string) => (await stack.cluster.pod(component)).status?.podIP ?? "";
    assert.equal(await reaches(await address("frontend"), 3000), true, "a stranger must reach the application");
    const closed = { prometheus: 9090, frontend: 9464, backend: 8000 };
    for (const [component, port] of Object.entries(closed)) {
      assert.equal(await reaches(await address(component), port), false, `a stranger reaches ${component}:${port}`);
    }
    for (const path of ["/metrics", "/api/metrics", "/api/backend/metrics", "/api/backend/../../metrics"]) {
      const answer = await fetch(`${stack.url}${path}`);
      assert.doesNotMatch(await answer.text(), /process_resident_memory_bytes/, `a browser reads metrics at ${path}`);
    }
  });

  it("S1: it runs in the restricted namespace, without a token and with a read-only root", async () => {
    const { core, namespace } = stack.cluster;
    const { metadata } = await core.readNamespace({ name: namespace });
    assert.equal(metadata?.labels?.["pod-security.kubernetes.io/enforce"], "restricted");
    const { spec, status } = await stack.cluster.pod("prometheus");
    const [container] = spec?.containers ?? [];
    assert.equal(container?.securityContext?.readOnlyRootFilesystem, true);
    assert.equal(spec?.securityContext?.runAsUser, 65532);
    const mounts = (container.volumeMounts ?? []).map(({ mountPath }) => mountPath);
    assert.deepEqual(mounts.toSorted(), ["/etc/prometheus", "/prometheus"], "there must be no token");
    assert.equal(status?.containerStatuses?.[0]?.restartCount, 0, "it must not have been restarted");
  });

  async function ask<T>(path: string): Promise<T> {
    const answer = await fetch(`${url}/api/v1/${path}`);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${path}: ${text}`);
    return (JSON.parse(text) as { data: T }).data;
  }

  async function query(expression: string): Promise<Result["result"]> {
    return (await ask<Result>(`query?${new URLSearchParams({ query: expression }).toString()}`)).result;
  }

  async function rules(): Promise<LoadedRules["groups"][number]["rules"]> {
    return (await ask<LoadedRules>("rules")).groups.flatMap((group) => group.rules);
  }

  /** Whether a connection from the stranger comes about. */
  async function reaches(address: string, port: number): Promise<boolean> {
    const connect = `import socket; socket.create_connection(("${address}", ${port}), 3)`;
    return (await stranger.exec("stranger", "python", "-c", connect)).ok;
  }
});

/** A pod in a namespace of its own, which may send to everybody. */
async function startStranger(): Promise<ClusterView> {
  const { core, kubeconfig } = stack.cluster;
  const { metadata } = await core.createNamespace({ body: { metadata: { generateName: "strangers-" } } });
  const view = new ClusterView(kubeconfig, metadata?.name);
  const image = (await stack.cluster.pod("backend")).spec?.containers[0]?.image ?? "";
  const body: V1Pod = {
    metadata: { name: "stranger", labels: { "app.kubernetes.io/component": "stranger" } },
    spec: {
      automountServiceAccountToken: false,
      containers: [{ name: "stranger", image, command: ["python", "-c", "import time; time.sleep(3600)"] }],
    },
  };
  await view.core.createNamespacedPod({ namespace: view.namespace, body });
  await until("the stranger runs", async () => (await view.pods("stranger")).length === 1);
  return view;
}
