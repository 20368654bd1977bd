import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import Mocha from "mocha";

/** Mocha's usual output, and beside it the counts as JUnit's XML in the file that the option `output` names. */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const { output } = options.reporterOptions as { output: string };
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      const tests = passes + failures + pending;
      mkdirSync(dirname(output), { recursive: true });
      writeFileSync(output, `<testsuite tests="${tests}" failures="${failures}" errors="0" skipped="${pending}" />\n`);
    });
  }
}
