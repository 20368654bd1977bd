import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { EXAMPLES } from "./support/chart-examples.ts";
import { containersOf, pick, podsOf, readChartFile, render, type Manifest } from "./support/render.ts";

describe("chart: examples for the clusters of vendors", () => {
  const rendered = new Map<string, Manifest[]>();
  before(async () => {
    for (const { name, overlays } of EXAMPLES) rendered.set(name, await render({ overlays }));
  });

  it("are all of them tried here", async () => {
    const files = (await readdir(new URL("../../charts/todo/examples/", import.meta.url))).toSorted();
    assert.deepEqual(files, EXAMPLES.map(({ name }) => `${name}.yaml`)); // prettier-ignore
  });

  for (const { name } of EXAMPLES) {
    it(`${name}: says where its demands come from, and what was not tried`, async () => {
      const text = await readChartFile(`examples/${name}.yaml`);
      assert.ok((text.match(/https:\/\//g) ?? []).length >= 3, "it must name its sources");
      assert.match(text, /Not tried on \w+/);
    });

    it(`${name}: publishes the frontend once, over https, and lets nobody in past that`, () => {
      const manifests = of(name);
      assert.equal(pick(manifests, "Service", "todo-frontend").spec["type"], "ClusterIP");
      const published = manifests.filter(({ kind }) => kind === "Ingress" || kind === "HTTPRoute");
      const names = published.map(({ metadata }) => metadata.name);
      assert.equal(names.filter((found) => found === "todo-frontend").length, 1);
      for (const { kind, spec } of published) if (kind === "Ingress") assert.ok(spec?.["tls"], "it must be by https");
      const [{ from }] = pick(manifests, "NetworkPolicy", "todo-frontend").spec["ingress"];
      assert.ok(from.length > 1, "somebody but the release's test must be let in");
      const hops = Number(pick(manifests, "ConfigMap", "todo-frontend").data?.["TRUSTED_PROXY_HOPS"]);
      assert.equal(hops, name === "gke" ? 2 : 1);
    });

    it(`${name}: keeps no client on a pod, survives the drain and the loss of a node`, () => {
      for (const service of ["todo-frontend", "todo-backend"]) {
        assert.equal(pick(of(name), "Service", service).spec["sessionAffinity"], "None");
      }
      for (const { kind, spec } of of(name)) {
        if (kind === "PodDisruptionBudget") assert.equal(spec?.["maxUnavailable"], 1);
      }
      for (const { owner, spec } of podsOf(of(name))) assert.equal(spec["tolerations"]?.length, 2, owner);
    });
  }

  for (const name of ["eks", "gke"]) {
    it(`${name}: serves on until a load balancer outside the cluster sends to a pod no more`, () => {
      for (const app of ["todo-frontend", "todo-backend"]) {
        const { spec } = pick(of(name), "Deployment", app).spec["template"];
        assert.ok(spec.containers[0].lifecycle.preStop.sleep.seconds >= 40, app);
      }
    });
  }

  it("eks: has backend and frontend asked for their health where they tell it, also with the API exposed", async () => {
    const overlays = EXAMPLES.find(({ name }) => name === "eks")?.overlays ?? [];
    const manifests = await render({ overlays, set: ["ingress.exposeApi=true"] });
    const pathOf = (kind: string, name: string) =>
      pick(manifests, kind, name).metadata.annotations?.["alb.ingress.kubernetes.io/healthcheck-path"];
    assert.equal(pathOf("Ingress", "todo-frontend"), "/api/health");
    assert.equal(pathOf("Service", "todo-backend"), "/health/ready");
  });

  it("openshift: names no user, no group and no other privilege", () => {
    for (const { owner, spec } of podsOf(of("openshift"))) {
      assert.doesNotMatch(JSON.stringify(spec), /"(runAsUser|runAsGroup|fsGroup|supplementalGroups|hostPath)":/, owner);
    }
  });

  it("k3s: pulls every image of the release by the Secret of its registry", () => {
    for (const { owner, spec } of podsOf(of("k3s"))) assert.deepEqual(spec["imagePullSecrets"], [{ name: "registry" }], owner); // prettier-ignore
    assert.ok(containersOf(of("k3s")).length > 5);
  });

  const caches: [name: string, addresses: string[]][] = [
    ["gke", ["169.254.20.10/32", "169.254.169.254/32"]],
    ["aks", ["169.254.10.11/32"]],
  ];
  for (const [name, addresses] of caches) {
    it(`${name}: lets names be asked of the cache on the node`, () => {
      for (const policy of ["todo-backend", "todo-frontend"]) {
        const [{ to }] = pick(of(name), "NetworkPolicy", policy).spec["egress"];
        assert.deepEqual(
          to.slice(1),
          addresses.map((cidr) => ({ ipBlock: { cidr } })),
        );
      }
    });
  }

  function of(name: string): Manifest[] {
    return rendered.get(name) ?? [];
  }
});
