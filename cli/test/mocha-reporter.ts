import { relative } from "node:path";
import Mocha from "mocha";
import { checkout } from "../../machine/paths.ts";

const {
  EVENT_HOOK_END,
  EVENT_RUN_END,
  EVENT_TEST_BEGIN,
  EVENT_TEST_FAIL,
  EVENT_TEST_PASS,
  EVENT_TEST_PENDING,
  EVENT_TEST_RETRY,
} = Mocha.Runner.constants;

/** Mocha's own way to write text into XML, which its types leave out. */
const { escape } = Mocha.utils as unknown as { escape: (text: string) => string };

/** Files whose tests take less, in seconds, and all pass get no line. */
const worthALine = 5;

/**
 * A line for each file of tests that takes its time and for each failure when it happens, and what failed in full at
 * the end: all that matters of two thousand tests is then on one screen or two, also where a log is cut. Beside it,
 * JUnit's XML in the file that the option `output` names, in which the time of a test includes that of its hooks and of
 * a first try that failed.
 */
export default class FileReporter extends Mocha.reporters.Base {
  private file = "";
  private milliseconds = 0;
  private passed = 0;
  private failed = 0;
  private skipped = 0;
  /** What the hooks before the next test and its first try have taken, in milliseconds. */
  private pending = 0;
  private last: Mocha.Runnable | undefined;

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    new ResultFile(runner, options);
    runner.on(EVENT_TEST_BEGIN, (test: Mocha.Test) => {
      this.turnTo(test.file);
    });
    runner.on(EVENT_HOOK_END, (hook: Mocha.Hook) => {
      this.addHook(hook);
    });
    runner.on(EVENT_TEST_PASS, (test: Mocha.Test) => {
      this.passed += 1;
      this.end(test);
    });
    runner.on(EVENT_TEST_PENDING, (test: Mocha.Test) => {
      this.turnTo(test.file);
      this.skipped += 1;
      console.log(`  - skipped: ${test.fullTitle()}`);
    });
    runner.on(EVENT_TEST_FAIL, (test: Mocha.Runnable) => {
      this.turnTo(test.file);
      this.failed += 1;
      this.end(test);
      console.log(`  ✖ ${test.fullTitle()}`);
    });
    runner.on(EVENT_TEST_RETRY, (test: Mocha.Test, error: Error) => {
      this.pending += test.duration ?? 0;
      this.last = undefined;
      console.log(`  ↻ failed, and is tried once more: ${test.fullTitle()}\n    ${error.message}`);
    });
    runner.once(EVENT_RUN_END, () => {
      this.turnTo(undefined);
      this.epilogue();
    });
  }

  /** Counts a hook's time as that of the test before it or after it. */
  private addHook(hook: Mocha.Hook): void {
    const duration = hook.duration ?? 0;
    if (this.last === undefined || !hook.title.startsWith('"after')) {
      this.pending += duration;
      return;
    }
    this.last.duration = (this.last.duration ?? 0) + duration;
    if (this.last.file === this.file) this.milliseconds += duration;
  }

  private end(test: Mocha.Runnable): void {
    test.duration = (test.duration ?? 0) + this.pending;
    this.milliseconds += test.duration;
    this.pending = 0;
    this.last = test;
  }

  /** Says how the file went whose tests have all run. */
  private turnTo(file: string | undefined): void {
    if (file === this.file) return;
    if (this.passed + this.failed + this.skipped > 0) {
      const seconds = Math.round(this.milliseconds / 1000);
      const mark = this.failed === 0 ? "✔" : "✖";
      const line = `  ${mark} ${relative(checkout, this.file)}  ${this.passed} passed, ${seconds} s`;
      if (this.failed + this.skipped > 0 || seconds >= worthALine) console.log(line);
    }
    Object.assign(this, { file: file ?? "", milliseconds: 0, passed: 0, failed: 0, skipped: 0 });
  }
}

/** Mocha's XML of the results, which also says which tests passed on their second try, as Maven's does. */
class ResultFile extends Mocha.reporters.XUnit {
  /** What failed at first, by title, and why. */
  private readonly retried = new Map<string, string>();
  private flaky: string | undefined;

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.on(EVENT_TEST_RETRY, (test: Mocha.Test, error: Error) => {
      this.retried.set(test.fullTitle(), error.message);
    });
  }

  override test(test: Mocha.Test): void {
    this.flaky = test.state === "passed" ? this.retried.get(test.fullTitle()) : undefined;
    super.test(test);
    this.flaky = undefined;
  }

  override write(line: string): void {
    // A test that passed is an element without content.
    const why = escape(this.flaky ?? "");
    super.write(
      this.flaky === undefined ? line : line.replace(/\/>$/, () => `><flakyFailure message="${why}"/></testcase>`),
    );
  }
}
