import assert from "node:assert/strict";
import { hardened } from "../support/hardened.ts";
import { containersOf, pick, podsOf, render, type Container, type Manifest } from "../support/render.ts";

const USERS: Record<string, number> = {
  "Deployment/todo-backend": 65532,
  "Deployment/todo-frontend": 65532,
  "StatefulSet/todo-postgres": 999,
  "Pod/todo-test": 65532,
};

const WRITABLE: Record<string, string[]> = {
  backend: ["/tmp"],
  "wait-for-database": ["/tmp"],
  frontend: ["/app/.next/cache", "/tmp"],
  "wait-for-backend": ["/app/.next/cache", "/tmp"],
  postgres: ["/tmp", "/var/lib/postgresql/data", "/var/run/postgresql"],
  "set-password": ["/tmp", "/var/lib/postgresql/data", "/var/run/postgresql"],
  test: [],
};

const AMOUNTS = {
  backend: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
  frontend: { requests: { cpu: "250m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
  postgres: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "250m", memory: "256Mi" } },
} as const;

/** Whose amounts each container has. */
const COMPONENT: Record<string, keyof typeof AMOUNTS> = {
  backend: "backend",
  "wait-for-database": "backend",
  frontend: "frontend",
  "wait-for-backend": "frontend",
  test: "frontend",
  postgres: "postgres",
  "set-password": "postgres",
};

describe("chart: hardening", () => {
  let manifests: Manifest[];
  before(async () => {
    manifests = await render();
  });

  it("S1: every container and init container has every hardening field", () => {
    const containers = containersOf(manifests);
    assert.deepEqual(containers.map(({ container }) => container.name).sort(), Object.keys(WRITABLE).sort());
    for (const { where, container } of containers) {
      assert.deepEqual(container.securityContext, hardened, where);
    }
  });

  it("S1: every pod runs as its own unprivileged user and shares nothing of the host", () => {
    const pods = podsOf(manifests);
    assert.deepEqual(pods.map(({ owner }) => owner).sort(), Object.keys(USERS).sort());
    for (const { owner, spec } of pods) {
      const { runAsNonRoot, runAsUser, runAsGroup, fsGroup, seccompProfile } = spec.securityContext;
      const user = USERS[owner];
      assert.deepEqual({ runAsNonRoot, runAsUser, runAsGroup, fsGroup }, { runAsNonRoot: true, runAsUser: user, runAsGroup: user, fsGroup: user }, owner); // prettier-ignore
      assert.deepEqual(seccompProfile, { type: "RuntimeDefault" }, owner);
      for (const shared of ["hostNetwork", "hostPID", "hostIPC"]) assert.ok(!spec[shared], `${owner}: ${shared}`);
    }
  });

  it("S1: only the needed paths are writable, and none without a size limit", () => {
    const writable = new Map(
      podsOf(manifests).flatMap(
        ({ owner, spec }) =>
          ((spec["volumes"] ?? []) as Record<string, any>[]).map((volume) => [`${owner} ${volume["name"]}`, volume]), // eslint-disable-line @typescript-eslint/no-explicit-any
      ),
    );
    for (const { where, container } of containersOf(manifests)) {
      const paths = (container.volumeMounts ?? [])
        .filter(({ readOnly }) => !readOnly)
        .map(({ mountPath }) => mountPath);
      assert.deepEqual(paths.sort(), WRITABLE[container.name], where);
    }
    for (const [where, volume] of writable) {
      assert.ok(!volume["hostPath"], `${where} is a path of the node`);
      if (volume["emptyDir"]) assert.ok(volume["emptyDir"].sizeLimit, `${where} has no size limit`);
    }
  });

  it("S2: every pod has a service account of its own and no token", () => {
    const names = podsOf(manifests).flatMap(({ owner, spec }) => {
      assert.equal(spec.automountServiceAccountToken, false, owner);
      assert.equal(spec.enableServiceLinks, false, `${owner}: other services leak into the environment`);
      const account = pick(manifests, "ServiceAccount", spec["serviceAccountName"] as string) as Manifest &
        Record<string, unknown>;
      assert.equal(account["automountServiceAccountToken"], false, owner);
      return owner === "Pod/todo-test" ? [] : [spec["serviceAccountName"] as string];
    });
    assert.equal(new Set(names).size, names.length, `service accounts are shared: ${names.join(", ")}`);
    const bindings = manifests.filter(({ kind }) => kind.endsWith("RoleBinding")) as (Manifest & Record<string, any>)[]; // eslint-disable-line @typescript-eslint/no-explicit-any
    for (const { metadata, subjects } of bindings) {
      const ofPods = names.filter((name) => JSON.stringify(subjects).includes(`"${name}"`));
      assert.deepEqual(ofPods, [], `${metadata.name}: no pod needs the Kubernetes API, so none gets a role`);
    }
  });

  it("P2: every container and init container has the required requests and limits", () => {
    for (const { where, container } of containersOf(manifests)) {
      const { requests, limits } = structuredClone(container.resources);
      for (const amounts of [requests, limits]) {
        assert.ok(amounts["ephemeral-storage"], `${where} may fill the node's disk`);
        delete amounts["ephemeral-storage"];
      }
      assert.deepEqual({ requests, limits }, amountsOf(container), where);
    }
  });

  it("P2: resources can be configured, per component", async () => {
    for (const component of ["backend", "frontend", "postgres"]) {
      const changed = await render({ set: [`${component}.resources.limits.cpu=900m`] });
      for (const { where, container } of containersOf(changed)) {
        const mine = COMPONENT[container.name] === component;
        const expected = mine ? "900m" : amountsOf(container).limits.cpu;
        assert.equal(container.resources.limits["cpu"], expected, where);
      }
    }
  });
});

function amountsOf({ name }: Container) {
  const component = COMPONENT[name];
  if (!component) throw new Error(`container ${name} has no known amounts`);
  return AMOUNTS[component];
}
