import assert from "node:assert/strict";
import { stack } from "./stack.ts";

/** A fault in the chart, and what `up` must say of it. */
interface Fault {
  what: string;
  file: "backend/deployment.yaml" | "postgres/statefulset.yaml";
  edit: [from: string, to: string];
  /** Pod, container and reason. */
  says: RegExp;
  /** One of the lines that explain it. */
  shows?: RegExp;
}

const resources = "{{- toYaml .Values.backend.resources | nindent 12 }}";
const pull = "imagePullPolicy: {{ .Values.global.imagePullPolicy }}";
const wait = "[python, -m, app.wait_for_database]";

const faults: Fault[] = [
  {
    what: "an image that is nowhere",
    file: "backend/deployment.yaml",
    edit: [`image: {{ $image }}\n          ${pull}`, `image: {{ $image }}-not-built\n          ${pull}`],
    says: /pod todo-backend-\S+, container wait-for-database has no image todo-backend:\w+-not-built: ./,
  },
  {
    what: "too little memory",
    file: "backend/deployment.yaml",
    edit: [resources, "limits: {cpu: 500m, memory: 12Mi, ephemeral-storage: 1Gi}"],
    says: /pod todo-backend-\S+, container wait-for-database needs more than its 12Mi of memory, \d+ restarts/,
  },
  {
    what: "no node with room",
    file: "backend/deployment.yaml",
    edit: [resources, 'limits: {cpu: "100", memory: 512Mi, ephemeral-storage: 1Gi}'],
    says: /pod todo-backend-\S+ finds no node: .*Insufficient cpu/,
  },
  {
    what: "a probe that never passes",
    file: "backend/deployment.yaml",
    edit: ["path: /health/ready", "path: /health/nothing"],
    says: /pod todo-backend-\S+, container backend never passes its probe/,
    shows: /event: Readiness probe failed: HTTP probe failed with statuscode: 404/,
  },
  {
    what: "an init container that waits for what never comes",
    file: "backend/deployment.yaml",
    edit: [wait, `[python, -c, "import time; print('waits for nothing', flush=True); time.sleep(600)"]`],
    says: /pod todo-backend-\S+, container wait-for-database has not ended/,
    shows: /log: waits for nothing/,
  },
  {
    // A StatefulSet never replaces a broken pod of an older revision by itself: going back must.
    what: "a database that cannot start",
    file: "postgres/statefulset.yaml",
    edit: ["shared_buffers=64MB", "shared_buffers=nothing"],
    says: /pod todo-postgres-0, container postgres ends again and again with exit code 1/,
    shows: /log: .*invalid value for parameter "shared_buffers"/,
  },
];

describe("a release that does not become healthy", function () {
  this.timeout("10m");

  for (const { what, file, edit, says, shows } of faults) {
    it(`H7: ${what} is named, and the version before runs again`, async () => {
      const { copy, cluster } = stack;
      const path = `charts/todo/templates/${file}`;
      const before = await cluster.podNames("backend");
      await copy.edit(path, ...edit);
      try {
        const begin = Date.now();
        const { exitCode, all } = await copy.pulumi(["up", "--yes", "--skip-preview", "--stack", copy.stack]);
        console.log(`      said, and gone back, after ${Math.round((Date.now() - begin) / 1000)} s`);
        assert.notEqual(exitCode, 0, "a release that is not healthy must not count as a success");
        assert.match(all, says, `the error must name pod, container and reason:\n${all}`);
        if (shows !== undefined) assert.match(all, shows, `the error must show what explains it:\n${all}`);
        assert.match(all, /To look: kubectl .* get pods,events/, `the error must say what to type next:\n${all}`);
        assert.match(all, /Revision \d+, the one before, runs again\./, `the release must be rolled back:\n${all}`);
      } finally {
        await copy.edit(path, edit[1], edit[0]);
      }
      assert.deepEqual(await cluster.podNames("backend"), before, "the previous backend must be left alone");
      assert.equal((await fetch(`${stack.url}/api/health`)).status, 200);
    });
  }

  it("H7: one up with the faults undone converges", async () => {
    await stack.copy.up();
    await stack.copy.up("--expect-no-changes");
  });
});
