import assert from "node:assert/strict";
import { hardened } from "./support/hardened.ts";
import {
  containersOf,
  type Manifest,
  type Options,
  pick,
  podsOf,
  readChartFile,
  refusal,
  render,
} from "./support/render.ts";

interface Rule {
  apiGroups: string[];
  resources: string[];
  resourceNames?: string[];
  verbs: string[];
}

const image = "operations.image.tag=o1";
const inMode = (mode: string, options: Options = {}): Promise<Manifest[]> =>
  render({ ...options, set: [image, `operations.mode=${mode}`, ...(options.set ?? [])] });
const isOperations = ({ metadata }: Manifest): boolean =>
  metadata.labels["app.kubernetes.io/component"] === "operations";
const refOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

describe("chart: the controller for operations", () => {
  it("O5: is left out as long as it is off, and everything else is as it is without it", async () => {
    const off = await render();
    assert.deepEqual(off.filter(isOperations).map(refOf), []);
    const others = (await inMode("act")).filter((manifest) => !isOperations(manifest));
    assert.deepEqual(others, off);
  });

  it("O5: runs hardened, as its own account, within 128 MiB", async () => {
    const manifests = await inMode("act");
    const pod = podsOf(manifests).find(({ owner }) => owner === "Deployment/todo-operations");
    assert.equal(pod?.spec["serviceAccountName"], "todo-operations");
    assert.equal(pod.spec["securityContext"].runAsNonRoot, true);
    assert.deepEqual(pod.spec["securityContext"].seccompProfile, { type: "RuntimeDefault" });
    const own = containersOf(manifests).filter(({ where }) => where.startsWith("Deployment/todo-operations,"));
    assert.equal(own.length, 1);
    for (const { container } of own) {
      assert.deepEqual(container.securityContext, hardened);
      assert.equal(container.resources.limits["memory"], "128Mi");
    }
  });

  for (const mode of ["watch", "act"]) {
    it(`O5: may read no Secret, open no shell, delete nothing and make no workload (${mode})`, async () => {
      const rules = rulesOf(await inMode(mode));
      const resources = rules.flatMap((rule) => rule.resources);
      for (const closed of ["secrets", "pods/exec", "pods/attach", "pods/proxy", "pods/portforward", "roles"]) {
        assert.ok(!resources.includes(closed), closed);
      }
      assert.doesNotMatch(JSON.stringify(rules), /\*|delete|escalate|bind|impersonate/);
      const makes = rules.filter(({ verbs }) => verbs.includes("create")).flatMap((rule) => rule.resources);
      const allowed =
        mode === "watch" ? ["events"] : ["events", "services", "configmaps", "networkpolicies", "pods/eviction"];
      assert.deepEqual(makes, allowed);
    });
  }

  it("O5: gets the tokens of people whose assistants may call, and lets nobody in for that", async () => {
    const options = { set: ["secrets.assistants=todo-assistants-1"] };
    const manifests = await inMode("act", options);
    const pod = podsOf(manifests).find(({ owner }) => owner === "Deployment/todo-operations");
    const volumes = pod?.spec["volumes"] as { name: string; secret?: object }[];
    const volume = volumes.find(({ name }) => name === "assistants");
    assert.deepEqual(volume?.secret, { secretName: "todo-assistants-1", defaultMode: 0o440 });
    const settings = (all: Manifest[]): { assistants: unknown } =>
      JSON.parse(pick(all, "ConfigMap", "todo-operations").data?.["settings.json"] ?? "") as { assistants: unknown };
    assert.deepEqual(settings(manifests).assistants, { folder: "/run/secrets/assistants" });
    const without = await inMode("act");
    assert.equal(settings(without).assistants, null);
    const policies = (all: Manifest[]): Manifest[] => all.filter(({ kind }) => kind === "NetworkPolicy");
    assert.deepEqual(policies(manifests), policies(without));
  });

  it("O5: accepts the tokens of an issuer where one is named, and may reach its public keys alone", async () => {
    const signIn = {
      issuer: "https://sign-in.example",
      keys: "https://sign-in.example/keys",
      people: ["ann@team.example"],
      egress: [{ cidr: "192.0.2.7/32", port: 8443 }],
    };
    const settings = (all: Manifest[]): { signIn: unknown } =>
      JSON.parse(pick(all, "ConfigMap", "todo-operations").data?.["settings.json"] ?? "") as { signIn: unknown };
    const networks = (all: Manifest[]): string[] =>
      JSON.stringify(pick(all, "NetworkPolicy", "todo-operations").spec["egress"]).match(/192\.0\.2\.7\/32/g) ?? [];
    const manifests = await inMode("act", { values: { operations: { signIn } } });
    const { egress, ...named } = signIn;
    assert.deepEqual(settings(manifests).signIn, { ...named, claim: "sub", resource: "http://localhost:8081/mcp" });
    assert.deepEqual(networks(manifests), [egress[0]?.cidr]);
    const without = await inMode("act");
    assert.deepEqual([settings(without).signIn, networks(without)], [null, []]);
    const nobody = { operations: { signIn: { ...signIn, people: [] } } };
    await assert.rejects(inMode("act", { values: nobody }), /operations\.signIn\.people is empty/);
  });

  it("O5: may change its own Lease and record alone when it only watches", async () => {
    const changing = rulesOf(await inMode("watch")).filter(({ verbs }) =>
      verbs.some((verb) => !["get", "list", "watch"].includes(verb)),
    );
    assert.deepEqual(
      changing.map(({ resources, resourceNames, verbs }) => [resources, resourceNames, verbs]),
      [
        [["leases"], ["todo-operations"], ["get", "update"]],
        [["configmaps"], ["todo-operations-incidents"], ["update"]],
        [["events"], undefined, ["create"]],
      ],
    );
  });

  it("O5: may patch the workloads of the release alone when it acts", async () => {
    const patching = rulesOf(await inMode("act")).filter(
      ({ resources, verbs }) => resources.includes("deployments") && verbs.includes("patch"),
    );
    assert.deepEqual(
      patching.map(({ resourceNames }) => resourceNames),
      [["todo-backend", "todo-frontend", "todo-postgres"]],
    );
  });

  it("O5: may evict the pod of the database alone, and only when it acts", async () => {
    const evicting = async (mode: string, options: Options = {}): Promise<unknown[]> =>
      rulesOf(await inMode(mode, options))
        .filter(({ resources }) => resources.includes("pods/eviction"))
        .map(({ resourceNames, verbs }) => [resourceNames, verbs]);
    assert.deepEqual(await evicting("act"), [[["todo-postgres-0"], ["create"]]]);
    assert.deepEqual(await evicting("watch"), []);
    assert.deepEqual(await evicting("act", { set: ["postgres.enabled=false"] }), []);
  });

  for (const [title, options] of Object.entries<Options>({
    "as it is": {},
    "with Prometheus and backups": {
      set: ["monitoring.enabled=true", "backup.enabled=true", "backup.url=s3://bucket/todo", "secrets.backup=backup-1"],
    },
    "with a database outside": { set: ["postgres.enabled=false"] },
    "with the values of development": { overlays: ["values-dev.yaml"], set: ["development.enabled=true"] },
  })) {
    it(`O5: knows of every object that it compares what was released, ${title}`, async () => {
      const manifests = await inMode("act", options);
      const known = releasedOf(manifests);
      // Its own would say what it says itself; a hook is there for a moment.
      const compared = manifests.filter(
        ({ kind, metadata, ...rest }) =>
          (["Deployment", "StatefulSet", "Service", "ConfigMap"].includes(kind) &&
            !isOperations({ kind, metadata, ...rest })) ||
          kind === "NetworkPolicy",
      );
      assert.deepEqual(known.map(refOf).toSorted(), compared.map(refOf).toSorted());
      const rendered = manifests.filter((manifest) => known.some((object) => refOf(object) === refOf(manifest)));
      const sorted = (all: Manifest[]): Manifest[] =>
        all.toSorted((one, other) => (refOf(one) < refOf(other) ? -1 : 1));
      assert.deepEqual(sorted(known), JSON.parse(JSON.stringify(sorted(rendered))));
    });
  }

  it("O5: gets another record of the release, which nobody can change, when anything of it is another", async () => {
    const nameOf = (manifests: Manifest[]): string => refOf(recordOf(manifests));
    const one = await inMode("act");
    assert.equal((recordOf(one) as Manifest & { immutable: boolean }).immutable, true);
    assert.notEqual(nameOf(one), nameOf(await inMode("act", { set: ["backend.replicas=3"] })));
    assert.equal(nameOf(one), nameOf(await inMode("watch")), "another mode is no other release");
  });

  it("O5: reaches the application, DNS and the API server, and lets in nobody but an Alertmanager and Prometheus", async () => {
    const alone = pick(await inMode("act"), "NetworkPolicy", "todo-operations").spec;
    assert.equal(alone["ingress"], undefined);
    const ports = (alone["egress"] as { ports: { port: number }[] }[]).map((rule) =>
      rule.ports.map(({ port }) => port),
    );
    assert.deepEqual(ports, [[53, 53], [443, 6443, 8443], [8000], [3000]]);
    const monitored = pick(
      await inMode("act", { set: ["monitoring.enabled=true"] }),
      "NetworkPolicy",
      "todo-operations",
    );
    const [{ from, ports: open }, ...others] = monitored.spec["ingress"] as [{ from: object[]; ports: object[] }];
    assert.deepEqual([open, others], [[{ port: 8080 }], []]);
    const prometheus = { "app.kubernetes.io/name": "todo", "app.kubernetes.io/instance": "todo", "app.kubernetes.io/component": "prometheus" }; // prettier-ignore
    assert.deepEqual(from, [
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } },
      { podSelector: { matchLabels: prometheus } },
    ]);
  });

  it("O5: gets the URL of a webhook as a file, and reaches the Internet only then", async () => {
    const rules = (manifests: Manifest[]): unknown[] =>
      (pick(manifests, "NetworkPolicy", "todo-operations").spec["egress"] as { to: unknown[] }[]).filter((rule) =>
        JSON.stringify(rule).includes("0.0.0.0/0"),
      );
    const webhookOf = (manifests: Manifest[]): unknown =>
      (
        JSON.parse(pick(manifests, "ConfigMap", "todo-operations").data?.["settings.json"] ?? "") as {
          webhook: unknown;
        }
      ).webhook;
    const without = await inMode("watch");
    assert.deepEqual([rules(without), webhookOf(without)], [[], null]);
    const manifests = await inMode("watch", {
      set: ["secrets.operations=operations-1", "operations.webhook.format=alertmanager"],
    });
    assert.deepEqual(webhookOf(manifests), { format: "alertmanager", urlFile: "/run/secrets/todo/WEBHOOK_URL" });
    const except = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"];
    assert.deepEqual(rules(manifests), [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except } }], ports: [{ port: 443 }] }]);
    const pod = podsOf(manifests).find(({ owner }) => owner === "Deployment/todo-operations");
    const volumes = JSON.stringify(pod?.spec["volumes"]);
    assert.match(volumes, /"name":"operations-1","items":\[\{"key":"WEBHOOK_URL","path":"WEBHOOK_URL"\}\]/);
  });

  it("O5: is told by the chart where Prometheus is, and listens to every alert that it has", async () => {
    const settingsOf = (manifests: Manifest[]): { prometheus: string; mode: string } =>
      JSON.parse(pick(manifests, "ConfigMap", "todo-operations").data?.["settings.json"] ?? "") as never;
    assert.equal(settingsOf(await inMode("watch")).prometheus, "");
    assert.equal(settingsOf(await inMode("watch")).mode, "watch");
    const monitored = settingsOf(await inMode("act", { set: ["monitoring.enabled=true"] }));
    assert.equal(monitored.prometheus, "http://todo-prometheus:9090");
    const { knownAlerts } = await import("../../apps/aiops/src/controller/known-alerts.ts");
    const alerts = [...(await readChartFile("files/monitoring/rules.yaml")).matchAll(/- alert: (\S+)/g)];
    assert.deepEqual(alerts.map(([, name]) => name).toSorted(), Object.keys(knownAlerts).toSorted());
  });

  it("O5: is read by Prometheus, whose policy leads there, and not without a controller", async () => {
    const monitoring = { set: ["monitoring.enabled=true"] };
    const jobsOf = (manifests: Manifest[]): string[] => {
      const config = pick(manifests, "ConfigMap", "todo-prometheus").data?.["prometheus.yaml"] ?? "";
      return [...config.matchAll(/job_name: (\S+)/g)].map(([, name = ""]) => name);
    };
    const manifests = await inMode("watch", monitoring);
    assert.deepEqual(jobsOf(manifests), ["todo-backend", "todo-frontend", "todo-operations"]);
    const { egress } = pick(manifests, "NetworkPolicy", "todo-prometheus").spec;
    assert.deepEqual((egress as { ports: object[] }[]).at(-1)?.ports, [{ port: 8080 }]);
    assert.deepEqual(jobsOf(await render(monitoring)), ["todo-backend", "todo-frontend"]);
  });

  it("O5: is refused in a mode that does not exist, and without an image", async () => {
    assert.match(await refusal({ set: [image, "operations.mode=on"] }), /operations[./]mode/);
    assert.match(await refusal({ set: ["operations.mode=watch"] }), /operations\.image\.tag is empty/);
  });
});

const rulesOf = (manifests: Manifest[]): Rule[] =>
  (pick(manifests, "Role", "todo-operations") as Manifest & { rules: Rule[] } & { spec: object }).rules;

const recordOf = (manifests: Manifest[]): Manifest => {
  const record = manifests.find(({ metadata }) => metadata.labels["todo-stack/released"] === "true");
  assert.ok(record !== undefined, "the release must be written down");
  return record;
};

const releasedOf = (manifests: Manifest[]): Manifest[] =>
  JSON.parse(recordOf(manifests).data?.["objects.json"] ?? "") as Manifest[];
