import assert from "node:assert/strict";
import { stat, writeFile } from "node:fs/promises";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { TypedApprovals } from "../../../apps/aiops/src/typed-approvals.ts";
import { approve } from "../../../cli/operations/approve.ts";
import type { Plan } from "../../../apps/aiops/src/remedies/remedy-plan.ts";
import { FakeApi } from "../../provider/fake-api.ts";

const code = "K7QF-2M9X";
const yes = { answer: "yes" };
const incident = {
  summary: "Deployment/todo-backend is scaled to 0 pods.",
  state: "told",
  opened: "2026-01-02T11:00:00Z",
  question: { code, what: "scale Deployment/todo-backend; /spec/replicas: 0 → 1" },
};

describe("npm run aiops -- approve", () => {
  let api: FakeApi;
  let folder: FsFixture;
  let said: string[];

  beforeEach(async () => {
    api = await FakeApi.start();
    folder = await createFixture();
    said = [];
    keep([incident]);
  });

  afterEach(async () => {
    await api.stop();
    await folder.rm();
  });

  const keep = (incidents: object[]): void => {
    const text = JSON.stringify({ incidents, attempts: [] });
    api.objects.set("configmaps/todo-operations-incidents", { data: { "incidents.json": text } });
  };

  interface Person {
    answer: string | undefined;
    isTerminal?: boolean;
    context?: string;
  }

  const agree = (typed: string | undefined, { answer, isTerminal = true, context = "todo" }: Person): Promise<number> =>
    approve(typed, {
      stack: "dev",
      where: { kubeconfig: api.kubeconfig, context, home: api.home, namespace: "todo" },
      questions: folder.path,
      isTerminal,
      ask: () => Promise.resolve(answer),
      say: (text) => said.push(text),
    });

  it("shows what would be done, and tells the controller who agrees", async () => {
    assert.equal(await agree(code.toLowerCase(), yes), 0);
    assert.match(said.join("\n"), /scaled to 0 pods\.\nThe operations controller would: scale .*replicas: 0 → 1/);
    const [sent] = api.applied as { data: Record<string, string> }[];
    assert.deepEqual(Object.keys(sent?.data ?? {}), [code]);
    assert.ok(api.asked.includes("PATCH /api/v1/namespaces/todo/configmaps/todo-operations-approvals"));
  });

  it("takes a code as people type it", async () => {
    assert.deepEqual([await agree("k7qf2m9x", yes), await agree("K7QF2M9X", yes)], [0, 0]);
  });

  for (const answer of [undefined, "", "no", "y", "Yes please"]) {
    it(`changes nothing for the answer ${JSON.stringify(answer)}`, async () => {
      assert.equal(await agree(code, { answer }), 1);
      assert.deepEqual(api.applied, []);
    });
  }

  it("takes no agreement from whoever has no terminal, and asks nobody in the cluster", async () => {
    await assert.rejects(agree(code, { ...yes, isTerminal: false }), /Only a person at a terminal can agree/);
    assert.deepEqual(api.asked, []);
  });

  for (const typed of [undefined, "", "K7QF", "K7QF-2M9X-AAAA", "../../etc", "K7QF-2M9O1"]) {
    it(`says how a code looks, for ${JSON.stringify(typed)}`, async () => {
      await assert.rejects(agree(typed, yes), /A code looks like K7QF-2M9X\.\n {2}See .*npm run status/);
      assert.deepEqual(api.asked, []);
    });
  }

  it("says when nothing has this code, any more", async () => {
    await assert.rejects(
      agree("AAAA-AAAA", yes),
      /Nothing in stack dev asks for the code AAAA-AAAA\.\n {2}.*npm run status/,
    );
    keep([{ ...incident, question: undefined }]);
    await assert.rejects(agree(code, yes), /Nothing in stack dev asks for the code/);
    assert.deepEqual(api.applied, []);
  });

  it("says how to get a controller where there is none", async () => {
    api.objects.clear();
    await assert.rejects(agree(code, yes), /stack dev has no operations controller\.\n {2}.*config set operations act/);
  });

  it("asks in no other cluster than the stack's own", async () => {
    await assert.rejects(agree(code, { ...yes, context: "theirs" }), /cannot be asked: .*\n {2}Nothing was changed/);
    assert.deepEqual(api.asked, []);
  });

  describe("for an assistant whose client cannot ask", () => {
    const plan = { id: "plan-1", hash: "0123", expires: Date.now() + 60_000 } as Plan;
    const ask = (expires = plan.expires): string =>
      new TypedApprovals(folder.path).ask({ ...plan, expires }, "scale Deployment/todo-backend?\nspec.replicas: 0 → 1");
    const isAgreed = (): boolean => new TypedApprovals(folder.path).isAgreed(plan);

    it("shows what it would do, and lets it do that, without a word to the cluster", async () => {
      const asked = ask();
      assert.equal(isAgreed(), false);
      assert.equal(await agree(asked, yes), 0);
      assert.match(said.join("\n"), /your assistant would scale Deployment\/todo-backend\?\nspec\.replicas: 0 → 1/);
      assert.equal(isAgreed(), true);
      assert.equal(
        new TypedApprovals(folder.path).isAgreed({ ...plan, hash: "4567" }),
        false,
        "it must be exactly this",
      );
      assert.deepEqual(api.asked, []);
      const { mode } = await stat(folder.getPath(`${asked}.json`));
      assert.equal(mode & 0o777, 0o600);
    });

    it("lets it do nothing without a yes", async () => {
      assert.equal(await agree(ask(), { answer: "no" }), 1);
      assert.equal(isAgreed(), false);
    });

    it("refuses what has expired", async () => {
      const asked = ask(Date.now() - 1);
      await assert.rejects(agree(asked, yes), /is no longer asked\.\n {2}Let your assistant plan it again/);
    });

    it("takes a file that is none for no question", async () => {
      await writeFile(folder.getPath(`${code}.json`), "broken");
      assert.equal(await agree(code, yes), 0);
      assert.match(said.join("\n"), /The operations controller would/);
    });
  });

  it("shows nothing that could steer the terminal", async () => {
    keep([{ ...incident, question: { code, what: "scale\u001b[2J\nall is well" } }]);
    await agree(code, { answer: "no" });
    assert.ok(!said.join("").includes("\u001b"), said.join(""));
    assert.match(said.join("\n"), /would: scale all is well/);
  });
});
