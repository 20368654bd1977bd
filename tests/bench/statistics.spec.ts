import assert from "node:assert/strict";
import { median, summarize } from "../../bench/statistics.ts";

describe("what is told of several runs", () => {
  it("the median is the middle one, in whatever order they came", () => {
    assert.equal(median([9, 1, 5]), 5);
  });

  it("of an even number it is between the two in the middle", () => {
    assert.equal(median([4, 1, 10, 2]), 3);
  });

  it("one run is its own median", () => {
    assert.equal(median([7]), 7);
  });

  it("there is none of nothing", () => {
    assert.throws(() => median([]), /no median of nothing/);
  });

  it("numbers are compared as numbers, not as text", () => {
    assert.deepEqual(summarize([10, 9, 100]), { runs: 3, minimum: 9, median: 10, maximum: 100 });
  });
});
