import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { agreementVariable, LossGuard, reportVariable } from "../../provider/loss.ts";
import { agreeToAll, agreeToNothing, askInTerminal, withAgreement } from "../../toolchain/agreement.ts";
import { confirmed } from "../../toolchain/confirm.ts";
import { ToolchainError } from "../../toolchain/errors.ts";

const silent = { inform: () => undefined, warn: () => undefined, progress: () => undefined };

describe("the agreement to lose data", () => {
  let folder: FsFixture;
  let runs: (string | undefined)[];

  beforeEach(async () => {
    folder = await createFixture();
    runs = [];
  });
  afterEach(() => folder.rm());

  /** Stands in for a Pulumi whose provider holds these data, one after the other. */
  const losing =
    (...ids: string[]) =>
    async (variables: NodeJS.ProcessEnv): Promise<number> => {
      runs.push(variables[agreementVariable]);
      const guard = new LossGuard(silent, variables);
      for (const id of ids) {
        const loss = guard.protect("", { id, what: `All in ${id} will be lost.` }, () => Promise.resolve("In it: 3."));
        if (
          await loss.then(
            () => false,
            () => true,
          )
        )
          return 255;
      }
      return 0;
    };

  it("is asked for by naming what is lost, and given for exactly that", async () => {
    const asked: string[] = [];
    const ask = (what: string): Promise<boolean> => Promise.resolve(asked.push(what) > 0);
    assert.equal(await withAgreement(ask, losing("cluster/todo/1", "namespace/todo/2"), folder.path), 0);
    assert.deepEqual(runs, [undefined, "cluster/todo/1", "cluster/todo/1 namespace/todo/2"]);
    assert.deepEqual(asked, [
      "All in cluster/todo/1 will be lost. In it: 3. To keep them, first: npm run backup.",
      "All in namespace/todo/2 will be lost. In it: 3. To keep them, first: npm run backup.",
    ]);
    assert.deepEqual(await readdir(folder.path), [], "what was lost once must not be asked for again");
  });

  it("is not taken for given when a person says no: exit code 1, and nothing runs again", async () => {
    assert.equal(await withAgreement(agreeToNothing, losing("cluster/todo/1"), folder.path), 1);
    assert.deepEqual(runs, [undefined]);
  });

  it("is given by the command line that says so", async () => {
    assert.equal(await withAgreement(agreeToAll, losing("cluster/todo/1"), folder.path), 0);
  });

  it("is not asked for where nobody sits at a terminal", async () => {
    const { stdin } = process;
    Object.defineProperty(process, "stdin", { value: { isTTY: false }, configurable: true });
    try {
      assert.equal(await withAgreement(askInTerminal, losing("cluster/todo/1"), folder.path), 1);
      assert.deepEqual(runs, [undefined]);
      await assert.rejects(confirmed("All data will be lost."), (error) => {
        assert.ok(error instanceof ToolchainError);
        assert.match(error.message, /^All data will be lost\.\n.*--yes$/);
        return true;
      });
    } finally {
      Object.defineProperty(process, "stdin", { value: stdin, configurable: true });
    }
  });

  it("is not asked for ever when it is refused all the same", async () => {
    const refused = async (variables: NodeJS.ProcessEnv): Promise<number> => {
      runs.push(variables[agreementVariable]);
      await writeFile(variables[reportVariable] ?? "", JSON.stringify({ id: "cluster/todo/1", what: "" }));
      return 255;
    };
    assert.equal(await withAgreement(agreeToAll, refused, folder.path), 1);
    assert.equal(runs.length, 2);
  });

  it("has nothing to do with what else fails: the exit code is Pulumi's own", async () => {
    assert.equal(await withAgreement(agreeToAll, () => Promise.resolve(4), folder.path), 4);
  });
});
