import assert from "node:assert/strict";
import { serverCommands, somewhere } from "../helpers/pretended/server-commands.ts";

describe("docs/operations.md", () => {
  it("O5: tells every client the same command, in settings that parse", () => {
    const commands = serverCommands();
    for (const command of commands) {
      assert.deepEqual(command, ["npm", "--prefix", somewhere, "run", "--silent", "aiops"]);
    }
  });
});
