import assert from "node:assert/strict";
import { parse } from "yaml";
import { versions } from "../../versions.ts";
import { hardened } from "./support/hardened.ts";
import { containersOf, type Manifest, pick, podsOf, readChartYaml, refusal, render } from "./support/render.ts";

const ON = "monitoring.enabled=true";
const BY_OPERATOR = { set: [ON], apis: ["monitoring.coreos.com/v1"] };

describe("chart: monitoring", () => {
  let manifests: Manifest[];
  before(async () => {
    manifests = await render({ set: [ON] });
  });

  it("O3: is off unless asked for, also in production", async () => {
    for (const overlays of [[], ["values-dev.yaml"], ["values-prod.yaml"]]) {
      const rendered = JSON.stringify(await render({ overlays }));
      assert.doesNotMatch(rendered, /prometheus|METRICS_PORT|9464|dashboard/i, overlays.join());
    }
  });

  it("O3: adds a Prometheus with no right to anything, which reads every pod of both applications", async () => {
    const others = new Set((await render()).map(({ kind, metadata }) => `${kind}/${metadata.name}`));
    const added = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`).filter((name) => !others.has(name));
    assert.deepEqual(added.toSorted(), [
      "ConfigMap/todo-dashboard",
      "ConfigMap/todo-prometheus",
      "Deployment/todo-prometheus",
      "NetworkPolicy/todo-prometheus",
      "Service/todo-backend-metrics",
      "Service/todo-frontend-metrics",
      "Service/todo-prometheus",
      "ServiceAccount/todo-prometheus",
    ]);
    const { scrape_configs: jobs } = parse(fileOf("prometheus.yaml")) as {
      scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
    };
    assert.deepEqual(
      jobs.map(({ job_name: job, dns_sd_configs: [found] }) => [job, found?.names, found?.port]),
      [
        ["todo-backend", ["todo-backend-metrics"], 8000],
        ["todo-frontend", ["todo-frontend-metrics"], 9464],
      ],
    );
    for (const [component, port] of [
      ["backend", 8000],
      ["frontend", 9464],
    ] as const) {
      const { clusterIP, publishNotReadyAddresses, selector, ports } = pick(manifests, "Service", `todo-${component}-metrics`).spec; // prettier-ignore
      assert.deepEqual({ clusterIP, publishNotReadyAddresses }, { clusterIP: "None", publishNotReadyAddresses: true });
      assert.deepEqual(selector, pick(manifests, "Service", `todo-${component}`).spec["selector"], component);
      assert.deepEqual([ports[0].port, ports[0].targetPort], [port, port], component);
      const [container] = pick(manifests, "Deployment", `todo-${component}`).spec["template"].spec.containers;
      const served = container.ports.map(({ containerPort }: { containerPort: number }) => containerPort);
      assert.ok(served.includes(port), `the pods of ${component} do not say that they serve ${port}`);
    }
    assert.equal(pick(manifests, "ConfigMap", "todo-frontend").data?.["METRICS_PORT"], "9464");
  });

  it("O3: the metrics of the frontend are at a port of their own, which its Service does not have", () => {
    const { ports } = pick(manifests, "Service", "todo-frontend").spec;
    assert.deepEqual(
      ports.map(({ port }: { port: number }) => port),
      [3000],
    );
  });

  it("S1: Prometheus runs unprivileged, with a read-only root and without a token", () => {
    const pod = podsOf(manifests).find(({ owner }) => owner === "Deployment/todo-prometheus");
    assert.ok(pod !== undefined);
    const { spec } = pod;
    const { runAsNonRoot, runAsUser, seccompProfile } = spec["securityContext"];
    assert.deepEqual([runAsNonRoot, runAsUser, seccompProfile], [true, 65532, { type: "RuntimeDefault" }]);
    assert.equal(spec["automountServiceAccountToken"], false);
    const account = pick(manifests, "ServiceAccount", "todo-prometheus") as Manifest & Record<string, unknown>;
    assert.equal(account["automountServiceAccountToken"], false);
    const [found] = containersOf(manifests).filter(({ container }) => container.name === "prometheus");
    assert.deepEqual(found?.container.securityContext, hardened);
    const writable = found.container.volumeMounts?.filter(({ readOnly }) => readOnly !== true);
    assert.deepEqual(writable, [{ name: "data", mountPath: "/prometheus" }]);
    assert.deepEqual(spec["volumes"][1], { name: "data", emptyDir: { sizeLimit: "1Gi" } });
  });

  it("P1, P2: Prometheus has three probes, and bounds on time, disk, memory and CPU", () => {
    const [found] = containersOf(manifests).filter(({ container }) => container.name === "prometheus");
    const probes = ["startupProbe", "livenessProbe", "readinessProbe"].map((name) => JSON.stringify(found?.container[name])); // prettier-ignore
    assert.equal(new Set(probes).size, 3);
    assert.deepEqual(found?.container.resources, {
      requests: { cpu: "50m", memory: "128Mi", "ephemeral-storage": "256Mi" },
      limits: { cpu: "250m", memory: "256Mi", "ephemeral-storage": "1Gi" },
    });
    const { storage } = parse(fileOf("prometheus.yaml")) as { storage: { tsdb: object } };
    assert.deepEqual(storage.tsdb, { retention: { time: "7d", size: "512MB" } });
  });

  it("S3: Prometheus reaches the ports of the metrics and DNS alone, and nobody reaches it", () => {
    const { policyTypes, ingress, egress } = pick(manifests, "NetworkPolicy", "todo-prometheus").spec;
    assert.deepEqual([policyTypes, ingress], [["Ingress", "Egress"], undefined]);
    const [dns, ...flows] = egress as { to: { podSelector: { matchLabels: object } }[]; ports: object[] }[];
    assert.deepEqual(dns?.ports, [
      { port: 53, protocol: "UDP" },
      { port: 53, protocol: "TCP" },
    ]);
    assert.deepEqual(flows, [
      { to: [pods("backend")], ports: [{ port: 8000 }] },
      { to: [pods("frontend")], ports: [{ port: 9464 }] },
    ]);
  });

  it("S3: besides the flows of the application, both applications let Prometheus in alone", async () => {
    const plain = await render();
    const ingressOf = (of: Manifest[], name: string): object[] => pick(of, "NetworkPolicy", name).spec["ingress"];
    assert.deepEqual(ingressOf(manifests, "todo-backend"), [
      { from: [pods("frontend"), pods("prometheus")], ports: [{ port: 8000 }] },
    ]);
    assert.deepEqual(ingressOf(manifests, "todo-frontend"), [
      ...ingressOf(plain, "todo-frontend"),
      { from: [pods("prometheus")], ports: [{ port: 9464 }] },
    ]);
    assert.deepEqual(ingressOf(manifests, "todo-postgres"), ingressOf(plain, "todo-postgres"));
  });

  it("O3: where the operator is, its Prometheus gets the same rules and targets, and the way to them", async () => {
    const operated = await render(BY_OPERATOR);
    assert.deepEqual(
      operated.filter(({ metadata }) => metadata.name === "todo-prometheus").map(({ kind }) => kind),
      ["PrometheusRule"],
    );
    assert.deepEqual(pick(operated, "PrometheusRule", "todo-prometheus").spec, parse(fileOf("rules.yaml")));
    for (const component of ["backend", "frontend"]) {
      const { selector, endpoints } = pick(operated, "ServiceMonitor", `todo-${component}`).spec;
      const { labels } = pick(operated, "Service", `todo-${component}-metrics`).metadata;
      for (const [label, value] of Object.entries(selector.matchLabels as object))
        assert.equal(labels[label], value, label);
      assert.deepEqual(endpoints, [
        { port: "metrics", relabelings: [{ targetLabel: "job", replacement: `todo-${component}` }] },
      ]);
      const rules = pick(operated, "NetworkPolicy", `todo-${component}`).spec["ingress"] as { from?: object[] }[];
      const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } };
      const peers = rules.flatMap(({ from = [] }) => from);
      assert.ok(
        peers.some((peer) => JSON.stringify(peer) === JSON.stringify({ namespaceSelector })),
        component,
      );
    }
  });

  it("O3: an edited rule, and nothing else of the application, restarts Prometheus", async () => {
    const annotations = (of: Manifest[]): Record<string, string> =>
      Object.assign({}, podsOf(of).find(({ owner }) => owner === "Deployment/todo-prometheus")?.annotations);
    assert.match(annotations(manifests)["checksum/config"] ?? "", /^[0-9a-f]{64}$/);
    const other = await render({ set: [ON, "backend.image.tag=b2", "frontend.config.logLevel=ERROR"] });
    assert.deepEqual(annotations(other), annotations(manifests));
    const renamed = await render({ set: [ON], release: "second" });
    const { template } = pick(renamed, "Deployment", "second-todo-prometheus").spec;
    assert.notDeepEqual(template.metadata.annotations, annotations(manifests), "another configuration must be noticed");
  });

  it("O3: Prometheus is the version that set-up knows, and none that moves", async () => {
    const { monitoring } = (await readChartYaml("values.yaml")) as { monitoring: { image: object } };
    assert.deepEqual(monitoring.image, { repository: "prom/prometheus", tag: `v${versions.promtool}` });
    const said = await refusal({ set: [ON, "monitoring.image.tag=latest"] });
    assert.match(said, /monitoring\.image\.tag is "latest"/);
  });

  /** A file of Prometheus, as it is in its pod. */
  function fileOf(name: string): string {
    return pick(manifests, "ConfigMap", "todo-prometheus").data?.[name] ?? "";
  }
});

function pods(component: string) {
  const labels = { "app.kubernetes.io/name": "todo", "app.kubernetes.io/instance": "todo" };
  return { podSelector: { matchLabels: { ...labels, "app.kubernetes.io/component": component } } };
}
