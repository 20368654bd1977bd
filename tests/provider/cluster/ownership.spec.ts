import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { holderOf, isOurs, ownerOf, readMark, writeMark } from "../../../provider/cluster/ownership.ts";

/** The table in docs/reliability.md, "Whose it is". */
describe("whose a cluster is", () => {
  let folder: FsFixture;

  beforeEach(async () => (folder = await createFixture({ here: {}, there: {} })));
  afterEach(() => folder.rm());

  const owner = (checkout: string, stack: string): string =>
    `${ownerOf("urn:pulumi:x", folder.getPath(checkout)).replace(/ \(stack x\)$/, "")} (stack ${stack})`;

  /** Pulumi's state of a stack, which knows a cluster. */
  const state = async (checkout: string, stack: string, instance?: string): Promise<void> => {
    const type = "minikube:index:Cluster";
    const resources = instance === undefined ? [] : [{ type, inputs: { instance } }];
    const file = folder.getPath(`${checkout}/.state/.pulumi/stacks/todo-stack/${stack}.json`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify({ checkpoint: { latest: { resources } } }));
  };

  const mark = (checkout: string, stack: string) => ({ owner: owner(checkout, stack), instance: "one", made: {} });

  it("is the stack's that has made it, although its state was lost", () => {
    assert.ok(isOurs(mark("here", "dev"), owner("here", "dev"), ""));
  });

  it("is the stack's that has made it, although its state was put back from an older copy", async () => {
    await state("here", "dev", "older");
    assert.ok(isOurs(mark("here", "dev"), owner("here", "dev"), "older"));
  });

  it("is the renamed stack's, and not that of a new one with the old name", async () => {
    await state("here", "prod", "one");
    await state("here", "dev");
    assert.ok(isOurs(mark("here", "dev"), owner("here", "prod"), "one"));
    assert.equal(holderOf(mark("here", "dev"), owner("here", "dev"), ""), owner("here", "prod"));
  });

  it("is a moved checkout's", async () => {
    await state("there", "dev", "one");
    assert.ok(isOurs(mark("here", "dev"), owner("there", "dev"), "one"));
  });

  it("is not a copied checkout's, which has the same state", async () => {
    await state("here", "dev", "one");
    await state("there", "dev", "one");
    assert.equal(holderOf(mark("here", "dev"), owner("there", "dev"), "one"), owner("here", "dev"));
    assert.ok(isOurs(mark("here", "dev"), owner("here", "dev"), "one"));
  });

  it("is no other checkout's and no other stack's", () => {
    assert.equal(holderOf(mark("here", "dev"), owner("there", "dev"), ""), owner("here", "dev"));
    assert.equal(holderOf(mark("here", "dev"), owner("here", "other"), ""), owner("here", "dev"));
    assert.equal(isOurs(undefined, owner("here", "dev"), "one"), false);
  });

  for (const text of [
    '{"owner":',
    "",
    "null",
    "{}",
    "[]",
    '"todo"',
    '{"owner":"here"}',
    '{"owner":1,"instance":"one"}',
  ]) {
    it(`is known by the copy of a mark in which there is ${text || "nothing"}, and by nothing if the copy is such too`, async () => {
      const profile = { home: folder.path, profile: "todo" };
      writeMark(profile, mark("here", "dev"));
      const file = folder.getPath("profiles/todo/todo-stack.json");
      await writeFile(file, text);
      assert.deepEqual(readMark(profile), mark("here", "dev"));
      await writeFile(`${file}.copy`, text);
      assert.equal(readMark(profile), undefined);
    });
  }
});
