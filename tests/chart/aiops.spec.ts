import assert from "node:assert/strict";
import { type Manifest, podsOf, pick, render } from "./support/render.ts";

interface Role extends Manifest {
  rules: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[];
}

interface Binding {
  roleRef: object;
  subjects: { name: string }[];
}

describe("chart: the account for operations", () => {
  let manifests: Manifest[];
  let role: Role;
  /** What may be done to a resource. */
  const verbsFor = (resource: string): string[] =>
    role.rules.filter(({ resources }) => resources.includes(resource)).flatMap(({ verbs }) => verbs);

  before(async () => {
    manifests = await render();
    role = pick(manifests, "Role", "todo-aiops") as Role;
  });

  it("O5: has a Role for this namespace alone, and no pod runs as it", () => {
    const binding = pick(manifests, "RoleBinding", "todo-aiops") as Manifest & Record<string, unknown>;
    assert.deepEqual(binding["subjects"], [{ kind: "ServiceAccount", name: "todo-aiops", namespace: "todo" }]);
    assert.deepEqual(
      manifests.filter(({ kind }) => kind.startsWith("Cluster")),
      [],
    );
    for (const { owner, spec } of podsOf(manifests)) assert.notEqual(spec["serviceAccountName"], "todo-aiops", owner);
  });

  it("O5: is left out where nobody wants it, as in production", async () => {
    for (const options of [{ set: ["aiops.operator.enabled=false"] }, { overlays: ["values-prod.yaml"] }]) {
      const left = (await render(options)).filter(({ metadata }) => metadata.name.includes("aiops"));
      assert.deepEqual(left, []);
    }
  });

  it("O5: may read no Secret, open no shell, delete nothing and make no workload", () => {
    for (const resource of ["secrets", "pods/exec", "pods/attach", "pods/portforward", "serviceaccounts", "roles"]) {
      assert.deepEqual(verbsFor(resource), [], `it may ${verbsFor(resource).join(", ")} ${resource}`);
    }
    for (const resource of ["deployments", "statefulsets"]) {
      assert.deepEqual(new Set(verbsFor(resource)), new Set(["get", "list", "patch"]), resource);
    }
    assert.deepEqual(new Set(verbsFor("pods")), new Set(["get", "list"]));
    const verbs = new Set(role.rules.flatMap((rule) => rule.verbs));
    assert.deepEqual(verbs, new Set(["get", "list", "create", "patch"]));
    assert.ok(!JSON.stringify(role.rules).includes("*"), "a wildcard gives more than is needed");
  });

  it("O5: may evict the pod of the database alone", () => {
    const evicting = role.rules.filter(({ resources }) => resources.includes("pods/eviction"));
    assert.deepEqual(
      evicting.map(({ resourceNames, verbs }) => [resourceNames, verbs]),
      [[["todo-postgres-0"], ["create"]]],
    );
  });

  it("O5: may change the workloads of the release alone", () => {
    const changing = role.rules.filter(
      ({ resources, verbs }) => resources.includes("deployments") && verbs.includes("patch"),
    );
    assert.deepEqual(
      changing.map(({ resourceNames }) => resourceNames),
      [["todo-backend", "todo-frontend", "todo-postgres"]],
    );
  });
});

describe("chart: the account that only looks", () => {
  let manifests: Manifest[];
  let rules: Role["rules"];
  before(async () => {
    manifests = await render({ set: ["aiops.reader.enabled=true"] });
    ({ rules } = pick(manifests, "Role", "todo-reader") as Role);
  });

  it("O4: is not there unless it is asked for", async () => {
    const names = (await render()).map(({ metadata }) => metadata.name);
    assert.ok(!names.includes("todo-reader"), names.join());
  });

  it("O4: has no verb that changes anything, and reads no Secret", () => {
    const verbs = new Set(rules.flatMap((rule) => rule.verbs));
    assert.deepEqual(verbs, new Set(["get", "list", "watch"]));
    const resources = rules.flatMap((rule) => rule.resources);
    // By some of these, to get is to do.
    const closed =
      /^(secrets|\*|.*\/\*|(pods|services|nodes)\/(exec|attach|portforward|proxy)|serviceaccounts\/token)$/;
    assert.deepEqual(
      resources.filter((resource) => closed.test(resource)),
      [],
    );
    assert.ok(resources.includes("pods") && resources.includes("pods/log"), "it must be of use");
  });

  it("O4: has rights in this namespace alone, and no pod runs as it", () => {
    const roles = (manifests as (Manifest & Partial<Binding>)[])
      .filter(({ subjects }) => subjects?.some(({ name }) => name === "todo-reader"))
      .map(({ roleRef }) => roleRef);
    assert.deepEqual(roles, [{ apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "todo-reader" }]);
    assert.deepEqual(
      manifests.filter(({ kind }) => kind.startsWith("Cluster")),
      [],
    );
    for (const { owner, spec } of podsOf(manifests)) assert.notEqual(spec["serviceAccountName"], "todo-reader", owner);
  });
});
