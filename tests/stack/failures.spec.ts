import { quickest } from "./support/chart-faults.ts";
import { convergeAgain, releaseWith } from "./support/failing-release.ts";

/** The quickest of the faults that a release may have. The others are in tests/full/stack/failures.spec.ts. */
describe("a release that does not become healthy", function () {
  this.timeout("10m");

  it(`H7: ${quickest.what} is named, and the version before runs again`, () => releaseWith(quickest));

  it("H7: one up with the fault undone converges", convergeAgain);
});
