import assert from "node:assert/strict";
import { resultsOf, tableOf } from "../../bench/result-table.ts";

describe("the table of the benchmarks", () => {
  const skaffold = { what: "unchanged", by: "skaffold run", isReference: true, seconds: [4, 2, 3] };
  const own = { what: "unchanged", by: "pulumi up", aim: 0.5, seconds: [1.5, 1, 9] };
  const other = { what: "destroy", by: "pulumi destroy", seconds: [20] };

  it("compares medians with those of the reference of the same thing", () => {
    const ratios = resultsOf([own, skaffold, other]).map(({ ratio }) => ratio);
    assert.deepEqual(ratios, [0.5, undefined, undefined]);
  });

  it("does not compare with the reference of something else", () => {
    const [result] = resultsOf([{ ...other, what: "cold start" }, skaffold]);
    assert.equal(result?.ratio, undefined);
  });

  it("says of each aim whether it was met", () => {
    const met = tableOf(resultsOf([skaffold, own]));
    assert.match(met, /^unchanged +pulumi up +3 +1\.00 +1\.50 +9\.00 +0\.50 +0\.5, met$/m);
    assert.match(tableOf(resultsOf([skaffold, { ...own, seconds: [1.6] }])), /0\.53 +0\.5, missed$/m);
  });

  it("says of an aim that nothing was compared with that it is one", () => {
    assert.match(tableOf(resultsOf([own])), /9\.00 +0\.5$/m);
  });
});
