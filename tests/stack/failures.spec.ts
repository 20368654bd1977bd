import { convergeAgain, releaseWith, resources, type Fault } from "./failing-release.ts";

const fault: Fault = {
  what: "no node with room",
  file: "backend/deployment.yaml",
  edit: [resources, 'limits: {cpu: "100", memory: 512Mi, ephemeral-storage: 1Gi}'],
  says: /pod todo-backend-\S+ finds no node: .*Insufficient cpu/,
};

/** The quickest of the faults that a release may have. The others are in tests/full/stack/failures.spec.ts. */
describe("a release that does not become healthy", function () {
  this.timeout("10m");

  it(`H7: ${fault.what} is named, and the version before runs again`, () => releaseWith(fault));

  it("H7: one up with the fault undone converges", convergeAgain);
});
