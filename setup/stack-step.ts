import { createStack, isSelected, stackName } from "./stack.ts";
import type { Step } from "./step.ts";
import { pulumi } from "./tools/pulumi.ts";
import { toolTitle } from "./tools/tool.ts";

/** The step that makes this checkout's stack and selects it. */
export const stackStep = (stack = stackName()): Step => ({
  title: `Stack ${stack}`,
  needs: [toolTitle(pulumi)],
  isDone: () => Promise.resolve(isSelected(stack)),
  run: () => createStack(stack),
});
