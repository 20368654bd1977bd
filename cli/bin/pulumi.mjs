#!/usr/bin/env node
// `npx pulumi` in this checkout: Pulumi with the tools, the state and the passphrase of the stack. Plain JavaScript on
// built-ins alone, because it may be started by a Node that does not run TypeScript.
import module from "node:module";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { compileCache, findNode, isNewEnough, launch } from "../../machine/launch.mjs";

// Halves what this checkout adds to a command of Pulumi. Node 18 does not have it.
module.enableCompileCache?.(compileCache);

const arguments_ = process.argv.slice(2);
if (isNewEnough()) {
  const { pulumi } = await import("../../pulumi/shim.ts");
  process.exitCode = await pulumi(arguments_);
} else {
  const node = findNode();
  if (node === undefined) {
    console.error(
      "The stack is not set up on this machine yet. Type: npm start, or npm run setup for the tools alone.",
    );
    process.exitCode = 1;
  } else {
    process.exitCode = await launch(node, [fileURLToPath(import.meta.url), ...arguments_], process.env);
  }
}
