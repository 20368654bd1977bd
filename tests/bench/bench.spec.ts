import assert from "node:assert/strict";
import { chooseScenarios, countOf } from "../../bench/bench.ts";
import { scenarios } from "../../bench/scenarios.ts";

describe("npm run bench", () => {
  it("runs every scenario unless some are named", () => {
    assert.deepEqual(chooseScenarios([]), Object.keys(scenarios));
  });

  it("runs those that are named in their own order", () => {
    assert.deepEqual(chooseScenarios(["frontend", "backend"]), ["backend", "frontend"]);
  });

  it("refuses one that does not exist, and says which do", () => {
    assert.throws(() => chooseScenarios(["backend", "bakcend"]), /no scenario bakcend\.\n.*There are: cold, .*backend/);
  });

  it("runs each five times or as often as asked", () => {
    assert.deepEqual([countOf(), countOf("12")], [5, 12]);
  });

  for (const text of ["0", "-1", "five", "1.5", ""]) {
    it(`refuses "${text}" as a number of runs, and says what to type`, () => {
      assert.throws(() => countOf(text), /no number of runs.*\n.*npm run bench -- --runs 5/);
    });
  }
});
