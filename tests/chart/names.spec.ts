import assert from "node:assert/strict";
import { valid } from "semver";
import { pick, readChartFile, readChartYaml, render, type Manifest } from "./support/render.ts";

const OVERLAYS = [[], ["values-dev.yaml"]];

describe("chart: names that others rely on", () => {
  it("H1: has a quoted semantic version and all descriptive fields", async () => {
    const chart = await readChartYaml("Chart.yaml");
    assert.ok(valid(chart["version"] as string), `version ${String(chart["version"])} is no semantic version`);
    assert.match(await readChartFile("Chart.yaml"), /^version: "/m, "version is not quoted");
    assert.match(await readChartFile("Chart.yaml"), /^appVersion: "/m, "appVersion is not quoted");
    for (const field of ["appVersion", "description", "keywords", "maintainers", "kubeVersion"]) {
      assert.ok(chart[field], `Chart.yaml has no ${field}`);
    }
  });

  for (const overlays of OVERLAYS) {
    describe(overlays[0] ?? "values.yaml", () => {
      let manifests: Manifest[];
      before(async () => {
        manifests = await render({ overlays });
      });

      it("H4: backend is ClusterIP 8000, frontend NodePort 30080 to 3000, database 5432", () => {
        const backend = pick(manifests, "Service", "todo-backend").spec;
        assert.equal(backend["type"], "ClusterIP");
        assert.equal(backend["ports"][0].port, 8000);
        const frontend = pick(manifests, "Service", "todo-frontend").spec;
        assert.equal(frontend["type"], "NodePort");
        assert.equal(frontend["ports"][0].port, 3000);
        assert.equal(frontend["ports"][0].nodePort, 30080);
        assert.equal(pick(manifests, "Service", "todo-postgres").spec["ports"][0].port, 5432);
      });

      it("H4: service ports are named and point at a named port of the pod", () => {
        for (const [kind, name, port, number] of [
          ["Deployment", "todo-backend", "http", 8000],
          ["Deployment", "todo-frontend", "http", 3000],
          ["StatefulSet", "todo-postgres", "postgres", 5432],
        ] as const) {
          const service = pick(manifests, "Service", name).spec;
          assert.equal(service["ports"][0].name, port, `${name}: service port`);
          assert.equal(service["ports"][0].targetPort, port, `${name}: target port`);
          const [container] = pick(manifests, kind, name).spec["template"].spec.containers;
          const further = name === "todo-frontend" ? [{ name: "probes", containerPort: 3001 }] : [];
          const all = [{ name: port, containerPort: number }, ...further];
          assert.deepEqual(container.ports, all, `${name}: container ports`);
        }
      });

      it("H4: keeps a client on its pod for three hours", () => {
        for (const name of ["todo-backend", "todo-frontend"]) {
          const { sessionAffinity, sessionAffinityConfig } = pick(manifests, "Service", name).spec;
          assert.equal(sessionAffinity, "ClientIP", name);
          assert.equal(sessionAffinityConfig.clientIP.timeoutSeconds, 10800, name);
        }
      });

      it("H6: puts every object into the namespace of the release", () => {
        for (const { kind, metadata } of manifests) {
          assert.equal(metadata.namespace, "todo", `${kind}/${metadata.name} is not in the release's namespace`);
        }
      });

      it("H3: puts the recommended labels on every object and selects pods by stable ones", () => {
        for (const { kind, metadata } of manifests) {
          for (const label of ["name", "instance", "version", "component", "part-of", "managed-by"]) {
            assert.ok(metadata.labels[`app.kubernetes.io/${label}`], `${kind}/${metadata.name} has no label ${label}`);
          }
        }
        for (const { kind, metadata, spec } of manifests) {
          if (!spec?.["template"]) continue;
          const labels = spec["template"].metadata.labels as Record<string, string>;
          assert.deepEqual(spec["selector"].matchLabels, labels, `${kind}/${metadata.name}: selector and pod differ`);
          const service = pick(manifests, "Service", metadata.name);
          assert.deepEqual(service.spec["selector"], labels, `Service/${metadata.name} does not select its pods`);
          assert.ok(!labels["helm.sh/chart"], `${metadata.name}: a new chart version would restart unchanged pods`);
        }
      });
    });
  }

  it("H2: production runs three pods of each or more, behind a load balancer and an ingress with TLS", async () => {
    const manifests = await render({ overlays: ["values-prod.yaml"] });
    assert.equal(pick(manifests, "HorizontalPodAutoscaler", "todo-backend").spec["minReplicas"], 3);
    const { type, ports } = pick(manifests, "Service", "todo-frontend").spec;
    assert.equal(type, "LoadBalancer");
    assert.equal(ports[0].nodePort, undefined);
    assert.equal(pick(manifests, "ConfigMap", "todo-frontend").data?.["TRUSTED_PROXY_HOPS"], "1");
    assert.deepEqual(pick(manifests, "Ingress", "todo-frontend").spec["tls"], [{ hosts: ["todo.local"], secretName: "todo-tls" }]); // prettier-ignore
  });

  it("H2: development runs one pod of each, production-ready defaults run two", async () => {
    for (const [overlays, replicas] of [
      [["values-dev.yaml"], 1],
      [[], 2],
    ] as const) {
      const manifests = await render({ overlays });
      for (const name of ["todo-backend", "todo-frontend"]) {
        assert.equal(pick(manifests, "Deployment", name).spec["replicas"], replicas, name);
      }
      assert.equal(pick(manifests, "StatefulSet", "todo-postgres").spec["replicas"], 1);
    }
  });

  it("names two releases differently", async () => {
    const manifests = await render({ release: "other" });
    pick(manifests, "Deployment", "other-todo-backend");
    const config = pick(manifests, "ConfigMap", "other-todo-frontend");
    assert.equal(config.data?.["BACKEND_URL"], "http://other-todo-backend:8000");
  });

  it("C6: leaves PostgreSQL out when the database is external", async () => {
    const manifests = await render({ set: ["postgres.enabled=false"] });
    const left = manifests.filter(({ metadata }) => metadata.name.includes("postgres"));
    assert.deepEqual(left, []);
    pick(manifests, "Deployment", "todo-backend");
  });
});
