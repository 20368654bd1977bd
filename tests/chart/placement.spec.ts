import assert from "node:assert/strict";
import { containersOf, pick, podsOf, refusal, render, type Manifest, type Pod } from "./support/render.ts";

const ALL = ["monitoring.enabled=true"];
const APPS = ["todo-backend", "todo-frontend"] as const;
const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("chart: where pods run and what they get there", () => {
  const everywhere: [field: string, global: object, expected: unknown][] = [
    ["imagePullSecrets", { imagePullSecrets: ["registry", "mirror"] }, [{ name: "registry" }, { name: "mirror" }]],
    ["nodeSelector", { nodeSelector: { "kubernetes.io/arch": "arm64" } }, { "kubernetes.io/arch": "arm64" }],
    ["priorityClassName", { priorityClassName: "important" }, "important"],
    ["tolerations", { tolerations: [{ key: "spot", operator: "Exists" }] }, [{ key: "spot", operator: "Exists" }]],
  ];
  for (const [field, global, expected] of everywhere) {
    it(`every pod gets ${field}, and none has it unless asked for`, async () => {
      const pods = podsOf(await render({ set: ALL, values: { global } }));
      assert.equal(pods.length, 5);
      for (const { owner, spec } of pods) assert.deepEqual(spec[field], expected, owner);
      for (const { owner, spec } of podsOf(await render({ set: ALL }))) assert.equal(spec[field], undefined, owner);
    });
  }

  it("PostgreSQL runs where its own labels are too, and every other pod where those for all are", async () => {
    const values = { global: { nodeSelector: { all: "1" } }, postgres: { nodeSelector: { disk: "fast" } } };
    for (const { owner, spec } of podsOf(await render({ set: ALL, values }))) {
      const expected = owner.includes("postgres") ? { all: "1", disk: "fast" } : { all: "1" };
      assert.deepEqual(spec["nodeSelector"], expected, owner);
    }
  });

  it("every pod gets the annotations, and keeps its own", async () => {
    const own = annotationsOf(await render({ set: ALL }));
    const values = { global: { podAnnotations: { "example.com/mesh": "enabled" } } };
    for (const [owner, annotations] of annotationsOf(await render({ set: ALL, values }))) {
      assert.deepEqual(annotations, { ...own.get(owner), "example.com/mesh": "enabled" }, owner);
    }
  });

  it("a pull Secret without a name is refused", async () => {
    assert.match(await refusal({ values: { global: { imagePullSecrets: [""] } } }), /imagePullSecrets\/0': minLength/);
  });

  it("an image is named by its digest too, and what is no digest is refused", async () => {
    const set = ["backend", "frontend", "postgres"].map((image) => `${image}.image.digest=${DIGEST}`);
    for (const { where, container } of containersOf(await render({ set }))) {
      assert.match(container.image, /^[\w/-]+:[\w.-]+@sha256:[0-9a-f]{64}$/, where);
    }
    assert.match(await refusal({ set: ["backend.image.digest=sha256:1"] }), /'\/backend\/image\/digest'.*pattern/);
  });

  it("pods of an application join a node that has one already, unless a node of their own is asked for", async () => {
    for (const name of APPS) {
      const [spread, ...more] = spreadOf(await render(), name);
      assert.deepEqual([spread?.whenUnsatisfiable, spread?.nodeTaintsPolicy, more], ["ScheduleAnyway", undefined, []]);
    }
    const strict = await render({ set: ["global.spread.nodes=DoNotSchedule", "global.spread.zones=true"] });
    for (const name of APPS) {
      const [nodes, zones, ...more] = spreadOf(strict, name);
      assert.deepEqual(more, []);
      assert.deepEqual([nodes?.whenUnsatisfiable, nodes?.nodeTaintsPolicy], ["DoNotSchedule", "Honor"], name);
      assert.deepEqual([zones?.topologyKey, zones?.whenUnsatisfiable], ["topology.kubernetes.io/zone", "ScheduleAnyway"]); // prettier-ignore
      // A rollout's new pods would be counted with the old ones.
      for (const spread of [nodes, zones]) {
        assert.deepEqual(spread?.matchLabelKeys, ["pod-template-hash"]);
        assert.deepEqual(spread.labelSelector, pick(strict, "Deployment", name).spec["selector"]);
      }
    }
  });

  it("a client is kept on no pod where that is asked for", async () => {
    for (const component of ["backend", "frontend"]) {
      const manifests = await render({ set: [`${component}.service.sessionAffinity=None`] });
      const { sessionAffinity, sessionAffinityConfig } = pick(manifests, "Service", `todo-${component}`).spec;
      assert.deepEqual([sessionAffinity, sessionAffinityConfig], ["None", undefined], component);
    }
  });

  it("both containers of an application get its further environment and volumes, and no other pod", async () => {
    for (const component of ["backend", "frontend"]) {
      const values = {
        [component]: {
          extraEnv: [{ name: "HTTPS_PROXY", value: "http://proxy.example:3128" }],
          extraVolumes: [{ name: "authority", configMap: { name: "authority" } }],
          extraVolumeMounts: [{ name: "authority", mountPath: "/etc/authority", readOnly: true }],
        },
      };
      for (const { owner, spec } of podsOf(await render({ values }))) {
        const mine = owner === `Deployment/todo-${component}`;
        const volumes = ((spec["volumes"] ?? []) as { name: string }[]).map(({ name }) => name);
        assert.equal(volumes.includes("authority"), mine, owner);
        for (const container of [...(spec["initContainers"] ?? []), ...spec["containers"]]) {
          assert.equal(JSON.stringify(container.env ?? []).includes("HTTPS_PROXY"), mine, owner);
          assert.equal(JSON.stringify(container.volumeMounts ?? []).includes("/etc/authority"), mine, owner);
        }
      }
    }
  });

  it("no pod names a user where the cluster chooses one, and all else stays as hardened", async () => {
    const before = podsOf(await render({ set: ALL }));
    const after = podsOf(await render({ set: [...ALL, "global.fixedUserIds=false"] }));
    for (const [index, { owner, spec }] of after.entries()) {
      const { runAsUser, runAsGroup, fsGroup, ...others } = before[index]?.spec["securityContext"] ?? {};
      assert.ok(runAsUser && runAsGroup && fsGroup, owner);
      assert.deepEqual(spec["securityContext"], others, owner);
      assert.doesNotMatch(JSON.stringify(spec), /runAs(User|Group)"|"fsGroup"/, owner);
    }
  });
});

function annotationsOf(manifests: Manifest[]): Map<string, Pod["annotations"]> {
  return new Map(podsOf(manifests).map(({ owner, annotations }) => [owner, annotations]));
}

interface Spread {
  topologyKey: string;
  whenUnsatisfiable: string;
  nodeTaintsPolicy?: string;
  labelSelector: object;
  matchLabelKeys: string[];
}

function spreadOf(manifests: Manifest[], name: string): Spread[] {
  return pick(manifests, "Deployment", name).spec["template"].spec.topologySpreadConstraints as Spread[];
}
