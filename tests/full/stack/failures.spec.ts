import { convergeAgain, releaseWith, resources, type Fault } from "../../stack/failing-release.ts";

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

/** One fault more, the quickest, is in tests/stack/failures.spec.ts. */
describe("a release that does not become healthy", function () {
  this.timeout("10m");

  for (const fault of faults) {
    it(`H7: ${fault.what} is named, and the version before runs again`, () => releaseWith(fault));
  }

  it("H7: one up with the faults undone converges", convergeAgain);
});
