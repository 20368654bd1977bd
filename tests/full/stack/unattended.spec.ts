import { stack } from "../../stack/support/stack.ts";
import { runScenarios } from "./support/scenarios.ts";

const values = "charts/todo/values.yaml";

/** Faults come one after the other here: with the budgets of the chart a person would be told after the sixth. */
const budgets: [of: string, by: string][] = [
  ["perFinding: 2", "perFinding: 20"],
  ["perHour: 6", "perHour: 500"],
  ["perDay: 20", "perDay: 500"],
  ["coolDownSeconds: 60", "coolDownSeconds: 0"],
  ["afterReleaseSeconds: 120", "afterReleaseSeconds: 5"],
];

describe("the controller for operations, alone with a fault", function () {
  this.timeout("4h");

  before(async () => {
    for (const [of, by] of budgets) await stack.copy.edit(values, of, by);
    await stack.copy.succeed("pulumi", ["config", "set", "--stack", stack.copy.stack, "operations", "act"]);
    await stack.copy.up();
  });

  after(async () => {
    for (const [of, by] of budgets) await stack.copy.edit(values, by, of);
    await stack.copy.succeed("pulumi", ["config", "rm", "--stack", stack.copy.stack, "operations"]);
    await stack.copy.up();
  });

  it("O5: names what is wrong and repairs it, and changes nothing else", async () => runScenarios("unattended"));
});
