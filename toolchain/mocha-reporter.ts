import { relative } from "node:path";
import Mocha from "mocha";
import { checkout } from "./paths.ts";

const { EVENT_RUN_END, EVENT_TEST_BEGIN, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING, EVENT_TEST_RETRY } =
  Mocha.Runner.constants;

/** Files whose tests take less, in seconds, and all pass get no line. */
const worthALine = 5;

/**
 * A line for each file of tests that takes its time and for each failure when it happens, and what failed in full at the end: all
 * that matters of two thousand tests is then on one screen or two, also where a log is cut. Beside it, JUnit's XML in the file
 * that the option `output` names.
 */
export default class FileReporter extends Mocha.reporters.Base {
  private file = "";
  private begin = 0;
  private passed = 0;
  private others = 0;

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    new Mocha.reporters.XUnit(runner, options);
    runner.on(EVENT_TEST_BEGIN, (test: Mocha.Test) => {
      this.turnTo(test.file);
    });
    runner.on(EVENT_TEST_PASS, () => {
      this.passed += 1;
    });
    runner.on(EVENT_TEST_PENDING, (test: Mocha.Test) => {
      this.turnTo(test.file);
      this.others += 1;
      console.log(`  - skipped: ${test.fullTitle()}`);
    });
    runner.on(EVENT_TEST_FAIL, (test: Mocha.Runnable) => {
      this.turnTo(test.file);
      this.others += 1;
      console.log(`  ✖ ${test.fullTitle()}`);
    });
    runner.on(EVENT_TEST_RETRY, (test: Mocha.Test, error: Error) => {
      console.log(`  ↻ failed, and is tried once more: ${test.fullTitle()}\n    ${error.message}`);
    });
    runner.once(EVENT_RUN_END, () => {
      this.turnTo(undefined);
      this.epilogue();
    });
  }

  /** Says how the file went whose tests have all run. */
  private turnTo(file: string | undefined): void {
    if (file === this.file) return;
    if (this.passed + this.others > 0) {
      const seconds = Math.round((Date.now() - this.begin) / 1000);
      const mark = this.others === 0 ? "✔" : "✖";
      const line = `  ${mark} ${relative(checkout, this.file)}  ${this.passed} passed, ${seconds} s`;
      if (this.others > 0 || seconds >= worthALine) console.log(line);
    }
    Object.assign(this, { file: file ?? "", begin: Date.now(), passed: 0, others: 0 });
  }
}
