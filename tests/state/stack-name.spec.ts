import assert from "node:assert/strict";
import { stackName } from "../../state/stack.ts";

describe("the stack that commands work on", () => {
  it("is dev when PULUMI_STACK is not set", () => assert.equal(stackName({}), "dev"));

  for (const [variable, name] of [
    ["", "dev"],
    ["demo", "demo"],
    ["organization/todo-stack/demo", "demo"],
  ] as const) {
    it(`is ${name} when PULUMI_STACK is ${JSON.stringify(variable)}`, () => {
      assert.equal(stackName({ PULUMI_STACK: variable }), name);
    });
  }

  it("is none when the variable names a project alone", () => {
    assert.throws(
      () => stackName({ PULUMI_STACK: "demo/" }),
      /^UserError: PULUMI_STACK is demo\/, which names no stack\./,
    );
  });
});
