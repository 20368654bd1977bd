import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

const file = new URL("../../runtime/json-console.mjs", import.meta.url).href;

test("console calls become one JSON line each, without colours", () => {
  const program = `
    import { logAsJson } from ${JSON.stringify(file)};
    logAsJson();
    console.log("\\u001b[32mready\\u001b[39m %s", "now");
    console.error(new Error("two\\nlines"));
    console.log("");`;
  const lines = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" })
    .trim()
    .split("\n");
  expect(lines).toHaveLength(2);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "info", message: "ready now" });
  expect(JSON.parse(lines[1] ?? "")).toMatchObject({
    level: "error",
    message: expect.stringContaining("two\nlines") as string,
  });
});
