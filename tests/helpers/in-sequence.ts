/**
 * Makes the tests of the surrounding suite build on each other: after one that fails, the others are skipped by name.
 * Mocha's own `bail` would leave the suite out without a word when a test of another file has failed.
 */
export function inSequence(): void {
  let failed = false;
  beforeEach(function () {
    if (failed) this.skip();
  });
  afterEach(function () {
    if (this.currentTest?.isFailed() !== true) return;
    failed = true;
    console.log("      The tests that follow build on this one, and are skipped.");
  });
}
