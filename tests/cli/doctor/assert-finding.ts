import assert from "node:assert/strict";
import type { Finding } from "../../../cli/doctor/verdicts.ts";

/** What a finding must say; without a third part it must not tell anybody to do anything. */
export type Expected = [verdict: Finding["verdict"], text: RegExp, next?: RegExp];

/** Fails with what the finding says, if that is another verdict. */
export const assertFinding = (finding: Finding | undefined, [verdict, text, next]: Expected): void => {
  assert.equal(finding?.verdict, verdict, finding?.text);
  assert.match(finding.text, text);
  if (next === undefined) assert.equal(finding.next, undefined);
  else assert.match(finding.next ?? "", next);
};
