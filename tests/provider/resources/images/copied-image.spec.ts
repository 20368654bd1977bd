import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Commands } from "../../../../provider/processes/commands.ts";
import { CopiedImageResource } from "../../../../provider/resources/images/copied-image.ts";
import { FakeCommands } from "../../../offline/stand-ins/fake-commands.ts";

/** Nodes whose daemons have an image if there is a file `NODE-IMAGE`. */
const docker = `
case "$*" in
*" docker image inspect "*)
  [ ! -f "$folder/$2-hangs" ] || { echo "container $2 is not running" >&2; exit 1; }
  [ -f "$folder/$2-$8" ] || { echo "Error response from daemon: No such image: $8" >&2; exit 1; } ;;
*" docker save "*) cat "$folder/$2-$5" || { echo "no image" >&2; exit 1; } ;;
*" docker load") [ ! -f "$folder/full" ] || { echo "no space left on device" >&2; exit 1; }; cp "$call/input" "$folder/$3-app:1" ;;
esac
`;

describe("minikube:index:CopiedImage", () => {
  let commands: FakeCommands;
  let resource: CopiedImageResource;
  const progress: string[] = [];
  const inputs = { image: "app:1", from: "todo", to: ["todo-m02", "todo-m03"], instance: "life-1" };

  beforeEach(async () => {
    commands = await FakeCommands.create({ docker });
    progress.length = 0;
    const engine = {
      inform: () => undefined,
      warn: () => undefined,
      progress: (_urn: string, line: string) => progress.push(line),
    };
    resource = new CopiedImageResource(new Commands(process.env, new AbortController().signal), engine);
    await writeFile(join(commands.folder, "todo-app:1"), "layers");
  });

  afterEach(() => commands.restore());

  const copyOn = (node: string): Promise<string> => readFile(join(commands.folder, `${node}-app:1`), "utf8");

  it("copies an image to every other node", async () => {
    const { id, state } = await resource.create("", inputs);
    assert.deepEqual([id, state], ["app:1", inputs]);
    for (const node of inputs.to) assert.equal(await copyOn(node), "layers");
    assert.deepEqual(progress, ["copying app:1 to todo-m02", "copying app:1 to todo-m03"]);
    assert.deepEqual(await resource.diff("", inputs, inputs), { changes: false });
  });

  it("copies it again only to the node that has lost it", async () => {
    await resource.create("", inputs);
    await rm(join(commands.folder, "todo-m03-app:1"));
    progress.length = 0;
    assert.deepEqual(await resource.diff("", inputs, inputs), { changes: true });
    await resource.update("", inputs, inputs);
    assert.deepEqual(progress, ["copying app:1 to todo-m03"]);
  });

  it("has something to do for another image, another cluster, and further nodes, also ones whose names are not known yet", async () => {
    await resource.create("", inputs);
    for (const change of [
      { image: "app:2" },
      { instance: "life-2" },
      { to: ["todo-m02"] },
      { to: "unknown" as never },
    ]) {
      assert.deepEqual(
        await resource.diff("", inputs, { ...inputs, ...change }),
        { changes: true },
        JSON.stringify(change),
      );
    }
  });

  it("has nothing to do on a node that cannot be asked: who starts it looks at it again", async () => {
    await writeFile(join(commands.folder, "todo-m02-hangs"), "");
    await writeFile(join(commands.folder, "todo-m03-app:1"), "layers");
    assert.deepEqual(await resource.diff("", inputs, inputs), { changes: false });
  });

  it("says on which node there is no room, and when the first node does not have the image", async () => {
    await writeFile(join(commands.folder, "full"), "");
    await assert.rejects(
      resource.create("", inputs),
      /^UserError: app:1 could not be copied to node todo-m02: no space left on device\./,
    );
    await rm(join(commands.folder, "full"));
    await rm(join(commands.folder, "todo-app:1"));
    await assert.rejects(resource.create("", inputs), /^UserError: app:1 could not be copied to node todo-m02: .*/);
  });
});
