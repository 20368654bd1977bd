import { stateFile } from "../../../state/stack-files.ts";
import { stack } from "../../stack/support/stack.ts";
import { runScenarios } from "./support/scenarios.ts";

describe("the server for operations", function () {
  this.timeout("60m");

  it("O5: names what is wrong with a real cluster and repairs it, and does nothing to a healthy one or for what a log says", async () => {
    const { copy } = stack;
    await runScenarios("live", { AIOPS_RELEASED: stateFile(copy.folder, copy.stack) });
  });
});
