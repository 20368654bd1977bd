import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { agreementVariable, LossGuard, reportVariable } from "../../provider/data-loss/loss.ts";
import {
  agreeToAll,
  agreeToNothing,
  asked,
  askInTerminal,
  takeAlong,
  withAgreement,
} from "../../data/loss-agreement.ts";
import type { Answer } from "../../data/loss-agreement.ts";
import type { Holder } from "../../provider/data-loss/loss.ts";
import { databaseContents, toType } from "../../components/lib/database-contents.ts";
import { confirmed } from "../../data/confirm.ts";
import { UserError } from "../../provider/processes/errors.ts";

const silent = { inform: () => undefined, warn: () => undefined, progress: () => undefined };

/** What the program says of a stack's data in an up. */
const holder = (stack: string): Holder => ({
  isPreview: false,
  contents: databaseContents(stack),
  toType: toType(stack),
});

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
      const guard = new LossGuard(silent, variables, () => false);
      guard.see("urn:pulumi:dev::todo-stack::a:b:C::c", holder("dev"), "c");
      for (const id of ids) {
        const loss = guard.protect(
          "urn:pulumi:dev::todo-stack::a:b:C::c",
          { id, what: `All in ${id} will be lost.` },
          () => Promise.resolve("In it: 3."),
        );
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
    const questions: string[] = [];
    const ask = (what: string): Promise<Answer> => {
      questions.push(what);
      return Promise.resolve("lose");
    };
    assert.equal(await withAgreement(ask, losing("cluster/todo/1", "namespace/todo/2"), undefined, folder.path), 0);
    assert.deepEqual(runs, [undefined, "cluster/todo/1", "cluster/todo/1 namespace/todo/2"]);
    assert.deepEqual(questions, [
      "All in cluster/todo/1 will be lost. In it: 3. To keep them, first: npm run backup.",
      "All in namespace/todo/2 will be lost. In it: 3. To keep them, first: npm run backup.",
    ]);
    assert.deepEqual(await readdir(folder.path), [], "what was lost once must not be asked for again");
  });

  for (const [stack, words] of [
    ["dev", ""],
    ["demo", " --stack demo"],
  ] as const) {
    it(`says how to keep and how to lose the data of the stack ${stack}, and of no other`, async () => {
      const guard = new LossGuard(silent, {}, () => false);
      guard.see(`urn:pulumi:${stack}::todo-stack::a:b:C::c`, holder(stack), "c");
      const lost = guard.protect(`urn:pulumi:${stack}::todo-stack::a:b:C::c`, { id: "a", what: "All is lost." }, () =>
        Promise.resolve(""),
      );
      const backup = words === "" ? "npm run backup" : `npm run backup --${words}`;
      await assert.rejects(lost, ({ message }: Error) => {
        assert.ok(message.includes(`To keep them, first: ${backup}.`), message);
        assert.ok(message.includes(`type: npm start -- --keep-data${words}. `), message);
        assert.ok(message.endsWith(`type: npm start -- --yes${words}`), message);
        return true;
      });
    });
  }

  it("is not taken for given when a person says no: exit code 1, and nothing runs again", async () => {
    assert.equal(await withAgreement(agreeToNothing, losing("cluster/todo/1"), undefined, folder.path), 1);
    assert.deepEqual(runs, [undefined]);
  });

  it("is given by the command line that says so", async () => {
    assert.equal(await withAgreement(agreeToAll, losing("cluster/todo/1"), undefined, folder.path), 0);
  });

  it("is not asked for where nobody sits at a terminal", async () => {
    const { stdin } = process;
    Object.defineProperty(process, "stdin", { value: { isTTY: false }, configurable: true });
    try {
      assert.equal(await withAgreement(askInTerminal, losing("cluster/todo/1"), undefined, folder.path), 1);
      assert.deepEqual(runs, [undefined]);
      await assert.rejects(confirmed("All data will be lost."), (error) => {
        assert.ok(error instanceof UserError);
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
    assert.equal(await withAgreement(agreeToAll, refused, undefined, folder.path), 1);
    assert.equal(runs.length, 2);
  });

  it("has nothing to do with what else fails: the exit code is Pulumi's own", async () => {
    assert.equal(await withAgreement(agreeToAll, () => Promise.resolve(4), undefined, folder.path), 4);
  });

  it("to take data along has them saved before Pulumi runs again, and is no agreement where that fails", async () => {
    const saved: string[] = [];
    const keeper = {
      agreed: () => [],
      canKeep: () => Promise.resolve(true),
      save: (loss: string) => Promise.resolve(void saved.push(`${loss} after ${runs.length}`)),
    };
    assert.equal(await withAgreement(takeAlong, losing("cluster/todo/1"), keeper, folder.path), 0);
    assert.deepEqual(saved, ["cluster/todo/1 after 1"]);
    runs = [];
    const broken = { ...keeper, save: () => Promise.reject(new Error("no room")) };
    await assert.rejects(withAgreement(takeAlong, losing("cluster/todo/1"), broken, folder.path), /no room/);
    assert.deepEqual(runs, [undefined]);
  });

  const nobody = (): Promise<void> => Promise.reject(new Error("nothing is to be saved"));

  it("is there from the start for what a run before has saved", async () => {
    const keeper = { agreed: () => ["cluster/todo/1"], canKeep: () => Promise.resolve(true), save: nobody };
    assert.equal(await withAgreement(agreeToNothing, losing("cluster/todo/1"), keeper, folder.path), 0);
    assert.deepEqual(runs, ["cluster/todo/1"]);
  });

  it("offers nobody to take along what npm run backup cannot save", async () => {
    const keeper = { agreed: () => [], canKeep: () => Promise.resolve(true), save: nobody };
    const offered: boolean[] = [];
    const refused = async (variables: NodeJS.ProcessEnv): Promise<number> => {
      await writeFile(
        variables[reportVariable] ?? "",
        JSON.stringify({ id: "1", what: "All.", keep: "Copy the volume." }),
      );
      return 255;
    };
    const ask = (_what: string, canKeep: boolean): Promise<Answer> => {
      offered.push(canKeep);
      return Promise.resolve("stop");
    };
    assert.equal(await withAgreement(ask, refused, keeper, folder.path), 1);
    assert.deepEqual(offered, [false]);
  });
});

describe("a question about data in a terminal", () => {
  const what = "All data in todo will be lost.";

  /** @param typed what a person types; null for the end of the input, as by Ctrl-D. */
  const answering = async (typed: string | null, canKeep: boolean): Promise<{ answer: Answer; shown: string }> => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = new PassThrough();
    if (typed === null) input.end();
    else input.write(`${typed}\n`);
    const answer = await asked(what, canKeep, { input, output });
    return { answer, shown: String(output.read()) };
  };

  for (const [typed, answer] of [
    ["keep", "keep"],
    ["lose", "lose"],
    ["stop", "stop"],
    ["yes", "stop"],
    ["", "stop"],
    [null, "stop"],
  ] as const) {
    it(`has three answers where the data can be taken along: ${typed ?? "Ctrl-D"} means ${answer}`, async () => {
      const { answer: given, shown } = await answering(typed, true);
      assert.equal(given, answer);
      assert.match(shown, /will be lost\.\n +keep .*\n +lose .*\n +stop .*\nType keep, lose or stop: /);
    });
  }

  for (const [typed, answer] of [
    ["yes", "lose"],
    ["keep", "stop"],
    [null, "stop"],
  ] as const) {
    it(`has two where they cannot: ${typed ?? "Ctrl-D"} means ${answer}`, async () => {
      const { answer: given, shown } = await answering(typed, false);
      assert.equal(given, answer);
      assert.match(shown, /will be lost\. To lose them: Type yes: /);
    });
  }
});
