import assert from "node:assert/strict";
import { stringify } from "yaml";
import { applications } from "../../components/lib/development.ts";
import { containersOf, pick, podsOf, refusal, render, type Container, type Manifest } from "./support/render.ts";

const enabled = "development.enabled=true";
const names = Object.keys(applications) as (keyof typeof applications)[];

describe("chart: development", () => {
  let manifests: Manifest[];
  const containerOf = (application: string, name: string): Container => {
    const { initContainers = [], containers } = pick(manifests, "Deployment", `todo-${application}`).spec["template"]
      .spec;
    const found = [...initContainers, ...containers].find((container: Container) => container.name === name);
    assert.ok(found !== undefined, `todo-${application} must have a container ${name}`);
    return found as Container;
  };
  const mountsOf = (application: string, name: string) =>
    (containerOf(application, name).volumeMounts ?? []).filter((mount) => mount.name === "source");

  before(async () => {
    manifests = await render({ overlays: ["values-dev.yaml"], set: [enabled] });
  });

  for (const overlays of [[], ["values-prod.yaml"], ["values-dev.yaml"]]) {
    it(`W1: nothing of it is in ${overlays[0] ?? "values.yaml"}`, async () => {
      const plain = await render({ overlays });
      for (const { owner, spec } of podsOf(plain)) {
        const volumes = ((spec["volumes"] ?? []) as { name: string }[]).map(({ name }) => name);
        assert.ok(!volumes.includes("source"), `${owner} has a volume for code`);
      }
      for (const { where, init, container } of containersOf(plain)) {
        assert.notEqual(container["restartPolicy"], "Always", `${where} is a sidecar`);
        const writable = (container.volumeMounts ?? []).filter(({ readOnly }) => readOnly !== true);
        const paths = writable.map(({ mountPath }) => mountPath);
        assert.ok(
          !paths.some((path) => /^\/(source|app\/(?!\.next\/cache))/.test(path)),
          `${where} may write ${paths.join()}`,
        );
        if (init || container.name === "test") continue;
        assert.ok(container["livenessProbe"] !== undefined, `${where} has the probes of development`);
        assert.ok(
          container["lifecycle"] !== undefined || container.name === "postgres",
          `${where} stops as in development`,
        );
      }
      assert.ok(!stringify(plain).includes("/source"), "no container may look for code in a volume");
    });
  }

  const refused: [what: string, settings: string[], overlays: string[], message: RegExp][] = [
    ["the values of production", [], ["values-prod.yaml"], /more than one pod of backend/],
    ["the defaults, which run two pods", [], [], /more than one pod of backend/],
    ["two pods of the frontend", ["frontend.replicas=2"], ["values-dev.yaml"], /more than one pod of frontend/],
    ["autoscaling", ["frontend.autoscaling.enabled=true"], ["values-dev.yaml"], /more than one pod of frontend/],
    [
      "an ingress",
      ["ingress.enabled=true"],
      ["values-dev.yaml"],
      /published by an ingress, a Gateway or a load balancer/,
    ],
    [
      "a load balancer",
      ["frontend.service.type=LoadBalancer"],
      ["values-dev.yaml"],
      /published by an ingress, a Gateway or a load/,
    ],
  ];
  for (const [what, settings, overlays, message] of refused) {
    it(`W1: it is refused with ${what}`, async () => {
      assert.match(await refusal({ overlays, set: [enabled, ...settings] }), message);
    });
  }

  it("S1: every container keeps every hardening field, and every pod its user", () => {
    for (const { where, container } of containersOf(manifests)) {
      const { securityContext } = container;
      assert.equal(securityContext["readOnlyRootFilesystem"], true, where);
      assert.equal(securityContext["allowPrivilegeEscalation"], false, where);
      assert.deepEqual(securityContext["capabilities"], { drop: ["ALL"] }, where);
      assert.deepEqual(securityContext["seccompProfile"], { type: "RuntimeDefault" }, where);
      assert.ok(container.resources.limits["memory"] && container.resources.limits["ephemeral-storage"], where);
    }
    for (const application of names) {
      const { spec } = pick(manifests, "Deployment", `todo-${application}`).spec["template"];
      assert.equal(spec.securityContext.runAsUser, 65532);
      assert.equal(spec.automountServiceAccountToken, false);
      for (const { name, emptyDir } of spec.volumes) {
        if (emptyDir !== undefined) assert.ok(emptyDir.sizeLimit, `volume ${name} of ${application} has no size limit`);
      }
    }
  });

  for (const application of names) {
    it(`the ${application} reads the code from a volume that only the sidecar writes, which comes first`, () => {
      const { initContainers } = pick(manifests, "Deployment", `todo-${application}`).spec["template"].spec;
      const [first] = initContainers;
      assert.equal(first.name, "source");
      assert.equal(first.restartPolicy, "Always");
      assert.deepEqual(first.startupProbe.exec.command, ["test", "-e", "/source/.complete"]);
      assert.deepEqual(first.volumeMounts, [{ name: "source", mountPath: "/source" }]);
      const { code } = applications[application];
      const mounts = code.map((folder) => ({
        name: "source",
        mountPath: `/app/${folder}`,
        subPath: folder,
        readOnly: true,
      }));
      for (const { name } of [...initContainers.slice(1), containerOf(application, application)]) {
        assert.deepEqual(mountsOf(application, name as string), mounts, `${application}, ${String(name)}`);
      }
    });
  }

  it("what a pod runs before its application is run again after an edit, since its code may hang too", () => {
    const commandOf = (application: string, name: string): unknown => containerOf(application, name)["command"];
    assert.deepEqual(commandOf("backend", "wait-for-database"), [
      ...["python", "development/run.py", "app.wait_for_database"],
    ]);
    assert.deepEqual(commandOf("frontend", "wait-for-backend"), [
      ...["node", "development/run.mjs", "runtime/wait-for-backend.mjs"],
    ]);
  });

  it("no container is restarted, or left out, because the code is broken or hangs", () => {
    for (const application of names) {
      const container = containerOf(application, application);
      assert.equal(container["livenessProbe"], undefined, application);
      assert.equal(container["readinessProbe"], undefined, application);
      assert.ok((container["startupProbe"] as { failureThreshold: number }).failureThreshold >= 3600, application);
    }
  });
});
