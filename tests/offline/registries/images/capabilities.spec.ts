import assert from "node:assert/strict";
import { lacksSysResource } from "../../../../offline/registries/images/capabilities.ts";

const status = (bounding: string): string =>
  `Name:\tnode\nCapEff:\t0000000000000000\nCapBnd:\t${bounding}\nCapAmb:\t0\n`;

describe("CAP_SYS_RESOURCE", () => {
  const cases: [string, string, boolean][] = [
    ["every capability", "000001ffffffffff", false],
    ["every capability but this one", "000001fffeffffff", true],
    ["this one alone", "0000000001000000", false],
    ["none", "0000000000000000", true],
  ];
  for (const [what, bounding, lacking] of cases) {
    it(`is ${lacking ? "missing" : "there"} with ${what}`, () => {
      assert.equal(lacksSysResource(status(bounding)), lacking);
    });
  }

  it("is taken for granted where the system does not say", () => {
    assert.equal(lacksSysResource(""), false);
  });
});
