import { createStack, isSelected, stackName } from "../state/stack.ts";
import type { Step } from "../machine/step.ts";
import { pulumi } from "./tools/pulumi-tool.ts";
import { toolTitle } from "../machine/tool-download.ts";

/** The step that makes this checkout's stack and selects it. */
export const stackStep = (stack = stackName()): Step => ({
  title: `Stack ${stack}`,
  needs: [toolTitle(pulumi)],
  isDone: () => Promise.resolve(isSelected(stack)),
  run: () => createStack(stack),
});
