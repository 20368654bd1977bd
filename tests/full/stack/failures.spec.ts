import { faults } from "../../stack/support/chart-faults.ts";
import { convergeAgain, releaseWith } from "../../stack/support/failing-release.ts";

describe("a release that does not become healthy", function () {
  this.timeout("10m");

  for (const fault of faults) {
    it(`H7: ${fault.what} is named, and the version before runs again`, () => releaseWith(fault));
  }

  it("H7: one up with the faults undone converges", convergeAgain);
});
