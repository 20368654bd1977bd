import assert from "node:assert/strict";
import { faults, quickest } from "../stack/support/chart-faults.ts";
import { readChartFile } from "./support/render.ts";

/** Those tests take minutes, so a chart that they do not fit any more is found here. */
describe("the faults that tests put into the chart", () => {
  for (const { what, file, edit } of [quickest, ...faults]) {
    it(`H7: ${what} fits the template`, async () => {
      const template = await readChartFile(`templates/${file}`);
      assert.ok(template.includes(edit[0]), `templates/${file} must have: ${edit[0]}`);
    });
  }
});
