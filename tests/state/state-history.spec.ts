import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { createFixture } from "fs-fixture";
import { trimHistory } from "../../state/state-history.ts";

/** The files of one update, as Pulumi 3.259 writes them. */
const update = (number: number): Record<string, string> => {
  const time = `17959167220541674${String(number).padStart(2, "0")}`;
  const history = `.pulumi/history/todo-stack/dev/dev-${time}`;
  const names = [
    `${history}.history.json`,
    `${history}.checkpoint.json`,
    `.pulumi/backups/todo-stack/dev/dev.${time}.json`,
  ];
  return Object.fromEntries(names.flatMap((name) => [name, `${name}.attrs`]).map((name) => [name, "{}"]));
};
/** One that is older than these. */
const older = (number: number): Record<string, string> =>
  Object.fromEntries(Object.entries(update(number)).map(([name, text]) => [name.replace("1795", "1794"), text]));

describe("the history of a stack's state", () => {
  const numbers = Array.from({ length: 99 }, (_, index) => index);
  const lists = (folder: string): string[] =>
    ["history", "backups"].flatMap((part) => readdirSync(`${folder}/.pulumi/${part}/todo-stack/dev`));

  it("keeps the newest hundred updates and copies, with all of their files", async () => {
    const all = Object.assign({}, ...numbers.map((number) => update(number))) as Record<string, string>;
    await using folder = await createFixture({ ...all, ...older(7), ...older(8), ...older(9) });
    trimHistory(folder.path, "dev");
    const names = lists(folder.path);
    assert.equal(names.length, 100 * 6);
    assert.deepEqual(
      names.filter((name) => name.includes("1794")).map((name) => name.replace(/\d{17}(\d\d)/, "$1")),
      [
        "dev-09.checkpoint.json",
        "dev-09.checkpoint.json.attrs",
        "dev-09.history.json",
        "dev-09.history.json.attrs",
      ].concat(["dev.09.json", "dev.09.json.attrs"]),
      "the oldest go",
    );
  });

  it("leaves another stack, whatever has no time in its name, and a folder that is not there", async () => {
    const all = Object.assign({}, ...numbers.map((number) => update(number))) as Record<string, string>;
    const others = { ".pulumi/history/todo-stack/dev/notes.txt": "", ".pulumi/stacks/todo-stack/dev.json": "{}" };
    await using folder = await createFixture({ ...all, ...older(8), ...older(9), ...others });
    trimHistory(folder.path, "other");
    assert.equal(lists(folder.path).length, 101 * 6 + 1);
    trimHistory(folder.path, "dev");
    assert.equal(lists(folder.path).length, 100 * 6 + 1);
    assert.ok(existsSync(folder.getPath(".pulumi/stacks/todo-stack/dev.json")));
  });
});
