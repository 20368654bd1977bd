import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import process from "node:process";
import { createFixture } from "fs-fixture";
import type { FsFixture } from "fs-fixture";
import { agreementVariable, LossGuard } from "../../provider/data-loss/loss.ts";
import { agreeToAll, agreeToNothing, takeAlong, withAgreement } from "../../data/loss-agreement.ts";
import type { Ask } from "../../data/loss-agreement.ts";
import { UserError } from "../../provider/processes/errors.ts";
import { forgetWithoutCluster, mustLeaveNoDataBehind } from "../../pulumi/keeper.ts";
import { DataKeeper, keepingData } from "../../data/keep-data.ts";
import { Interrupted } from "../../data/interruption.ts";
import { keptFile, readKept } from "../../data/kept-backup.ts";
import type { StoredData } from "../../data/stored-data.ts";

interface FakeDatabase {
  system: string;
  origin: string;
  todos: string[];
  takesChanges: boolean;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const silent = { inform: () => undefined, warn: () => undefined, progress: () => undefined };
const contentsOf = (todos: string[]): string => `accounts: ${todos.length === 0 ? 0 : 1}, todos: ${todos.length}`;

/**
 * A stack whose settings ask for another cluster, and a process that works on it and may be killed before and after
 * each step.
 */
class FakeStack {
  readonly folder: FsFixture;
  readonly said: string[] = [];
  readonly steps: string[] = [];
  database: FakeDatabase | undefined = { system: "1", origin: "", todos: ["a", "b"], takesChanges: true };
  /** What the application has told somebody that it is saved. */
  readonly promised = ["a", "b"];
  /** The cluster that the settings ask for. */
  wanted = "2";
  isOutside = false;
  /** Whether another run takes the data along. */
  isTaken = false;
  /** What a backup that is tried seems to hold; by default what it does. */
  tried: string | undefined;
  /** The steps that fail. */
  readonly broken = new Set<string>();
  /** The step in which somebody presses Ctrl-C, and whether it would ever end by itself. */
  interrupted: string | undefined;
  hangs = true;
  #killAt = Infinity;
  #moment = 0;
  #kill: () => void = () => undefined;

  constructor(folder: FsFixture) {
    this.folder = folder;
  }

  /** What `npm start` does. Gives the exit code; undefined when it was killed. */
  async start(ask: Ask, killAt = Infinity): Promise<number | undefined> {
    this.#killAt = killAt;
    this.#moment = 0;
    const before = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
    const killed = new Promise<undefined>((resolve) => (this.#kill = () => resolve(undefined)));
    const keeper = new DataKeeper("dev", {
      open: (how) => this.#step(`open ${how}`, () => this.#open()),
      alone: () => {
        if (this.isTaken) throw new UserError("Another run takes the data along.", "Wait.");
        return Promise.resolve(() => Promise.resolve());
      },
      areInside: () => Promise.resolve(!this.isOutside),
      say: (line) => this.said.push(line),
      folder: this.folder.path,
    });
    const running = keepingData(keeper, () =>
      withAgreement(ask, (variables) => this.#pulumi(variables), keeper, this.folder.path),
    );
    try {
      return await Promise.race([running, killed]);
    } finally {
      // A process that was killed hears no signal any more.
      for (const signal of signals) {
        for (const listener of process.listeners(signal)) {
          if (before.get(signal)?.includes(listener) !== true) process.off(signal, listener);
        }
      }
    }
  }

  /** Somebody adds a todo, if the application takes it. */
  add(title: string): void {
    if (this.database?.takesChanges !== true) return;
    this.database.todos.push(title);
    this.promised.push(title);
  }

  /** All that is in the database and in backups. */
  async kept(): Promise<string[]> {
    const names = (await this.folder.readdir("")).filter((name) => name.endsWith(".dump"));
    const saved = names.flatMap((name) => JSON.parse(readFileSync(this.folder.getPath(name), "utf8")) as string[]);
    return [...saved, ...(this.database?.todos ?? [])];
  }

  get record(): ReturnType<typeof readKept> {
    return readKept("dev", this.folder.path);
  }

  async #step<T>(name: string, work: () => T): Promise<T> {
    await this.#orKilled();
    this.steps.push(name);
    if (this.broken.has(name)) throw new UserError(`${name} does not work`, "Fix it.");
    if (name === this.interrupted) {
      this.interrupted = undefined;
      process.emit("SIGINT");
      if (this.hangs) await new Promise(() => undefined);
    }
    const result = work();
    await this.#orKilled();
    return result;
  }

  /** A process that is killed does nothing any more, and cleans up nothing. */
  async #orKilled(): Promise<void> {
    this.#moment += 1;
    if (this.#moment < this.#killAt) return;
    this.#kill();
    await new Promise(() => undefined);
  }

  async #pulumi(variables: NodeJS.ProcessEnv): Promise<number> {
    await this.#orKilled();
    const { database } = this;
    if (database !== undefined && database.system !== this.wanted) {
      const loss = { id: `cluster/todo/${database.system}`, what: "All data will be lost." };
      try {
        await new LossGuard(silent, variables, () => false).protect("", loss, () => Promise.resolve("In it: 2."));
      } catch {
        return 255;
      }
      assert.ok((variables[agreementVariable] ?? "").includes(loss.id));
      await this.#step("remove", () => (this.database = undefined));
    }
    if (this.broken.has("make")) return 255;
    if (this.database === undefined) {
      await this.#step("make", () => {
        this.database = { system: this.wanted, origin: "", todos: [], takesChanges: true };
      });
    }
    return 0;
  }

  #open(): StoredData {
    const { database } = this;
    if (this.isOutside) throw new UserError("The database of this stack is outside the cluster.", "Use its own means.");
    if (database === undefined) throw new UserError("There is no database.", "Type: npm start");
    const here = (): void => assert.equal(this.database, database, "who holds a database that is gone must not use it");
    const step = async <T>(name: string, work: () => T): Promise<T> => {
      here();
      return await this.#step(name, work);
    };
    return {
      facts: () => step("facts", () => ({ ...database, contents: contentsOf(database.todos) })),
      refuseChanges: () => step("refuse changes", () => void (database.takesChanges = false)),
      allowChanges: () => step("allow changes", () => void (database.takesChanges = true)),
      save: () =>
        step("save", () => {
          const path = this.folder.getPath(`dev-${this.steps.length}-${database.system}.dump`);
          assert.ok(!existsSync(path), "no backup may take the place of another");
          writeFileSync(path, JSON.stringify(database.todos));
          return path;
        }),
      tryOut: (file) =>
        step("try out", () => this.tried ?? contentsOf(JSON.parse(readFileSync(file, "utf8")) as string[])),
      replaceBy: (file, contents) =>
        step("put back", () => {
          const todos = JSON.parse(readFileSync(file, "utf8")) as string[];
          assert.equal(contentsOf(todos), contents);
          Object.assign(database, { todos, origin: basename(file), takesChanges: true });
        }),
      restartBackend: () => step("restart backend", () => undefined),
    };
  }
}

describe("data that are taken along", function () {
  this.timeout("2m");

  let stack: FakeStack;
  let folder: FsFixture;

  beforeEach(async () => {
    folder = await createFixture();
    stack = new FakeStack(folder);
  });
  afterEach(() => folder.rm());

  it("are saved and tried before anything is removed, then put back, and the backup stays", async () => {
    assert.equal(await stack.start(takeAlong), 0);
    assert.deepEqual(
      stack.steps.filter((step) => !/^(open|facts)/.test(step)),
      ["refuse changes", "save", "try out", "remove", "make", "put back", "restart backend"],
    );
    assert.deepEqual(stack.database?.todos, ["a", "b"]);
    assert.ok(stack.database.takesChanges);
    assert.equal(stack.record, undefined);
    assert.match(
      stack.said.at(-1) ?? "",
      /^The data are taken along: accounts: 1, todos: 2\. The backup stays: .*\.dump\.$/,
    );
  });

  it("are written down for the owner alone while they are under way", async () => {
    stack.broken.add("make");
    assert.equal(await stack.start(takeAlong), 255);
    assert.equal(statSync(keptFile("dev", folder.path)).mode & 0o777, 0o600);
    assert.deepEqual(stack.record?.saved?.contents, "accounts: 1, todos: 2");
  });

  it("are taken along after a kill at any moment, with all that was written meanwhile, or are where they were", async () => {
    let moment = 1;
    for (; ; moment += 1) {
      await folder.rm();
      folder = await createFixture();
      stack = new FakeStack(folder);
      if ((await stack.start(takeAlong, moment)) !== undefined) break;
      const wasBack = stack.steps.includes("put back");
      stack.add("written after the kill");
      const again = moment % 2 === 0 ? takeAlong : agreeToNothing;
      const code = await stack.start(again);
      const what = `killed at moment ${moment}, after ${stack.steps.join(", ")}`;
      const kept = await stack.kept();
      assert.deepEqual(stack.promised.filter((todo) => !kept.includes(todo)), [], what); // prettier-ignore
      // Nobody has agreed to the loss yet where the kill came before the data were saved.
      if (code !== 0) assert.equal(again, agreeToNothing, what);
      assert.ok(
        ["a", "b"].every((todo) => stack.database?.todos.includes(todo)),
        what,
      );
      if (wasBack) assert.ok(stack.database?.todos.includes("written after the kill"), `${what}: not put back twice`);
      assert.ok(stack.database?.takesChanges, `${what}: the application must take changes again`);
      assert.equal(stack.record, undefined, what);
    }
    assert.ok(moment > 20, "there must be as many moments as there are steps");
  });

  it("are taken along when a run that goes on is killed too, at any moment", async () => {
    for (let first = 1; first < 30; first += 4) {
      for (let second = 1; second < 30; second += 3) {
        await folder.rm();
        folder = await createFixture();
        stack = new FakeStack(folder);
        await stack.start(takeAlong, first);
        stack.add("after the first kill");
        await stack.start(takeAlong, second);
        stack.add("after the second kill");
        assert.equal(await stack.start(takeAlong), 0);
        const kept = await stack.kept();
        assert.deepEqual(stack.promised.filter((todo) => !kept.includes(todo)), [], `killed at ${first} and ${second}`); // prettier-ignore
        assert.equal(stack.record, undefined);
      }
    }
  });

  it("are where they were when the setting is put back after a kill", async () => {
    for (let moment = 1; moment < 12; moment += 1) {
      await folder.rm();
      folder = await createFixture();
      stack = new FakeStack(folder);
      await stack.start(takeAlong, moment);
      if (stack.database?.system !== "1") break;
      stack.wanted = "1";
      assert.equal(await stack.start(agreeToNothing), 0);
      assert.deepEqual(stack.database.todos, ["a", "b"]);
      assert.ok(stack.database.takesChanges, `killed at moment ${moment}`);
      assert.ok(!stack.steps.includes("put back"), "nobody need put back what was not replaced");
      assert.equal(stack.record, undefined);
    }
  });

  for (const step of ["open woken", "refuse changes", "facts", "save", "try out"]) {
    it(`are where they were when this fails: ${step}`, async () => {
      stack.broken.add(step);
      await assert.rejects(stack.start(takeAlong), UserError);
      assert.ok(!stack.steps.includes("remove"), "what is not saved must not be removed");
      assert.deepEqual(stack.database?.todos, ["a", "b"]);
      assert.ok(stack.database.takesChanges);
      assert.equal(stack.record, undefined);
    });
  }

  for (const step of ["open woken", "refuse changes", "facts", "save", "try out"]) {
    it(`are where they were when somebody presses Ctrl-C at this, and the application takes changes: ${step}`, async () => {
      stack.interrupted = step;
      stack.hangs = step !== "refuse changes";
      await assert.rejects(stack.start(takeAlong), (error) => {
        assert.ok(error instanceof Interrupted);
        assert.equal(error.message, "Interrupted.\n  Nothing was changed.");
        return true;
      });
      assert.ok(!stack.steps.includes("remove"));
      assert.deepEqual([stack.database?.todos, stack.database?.takesChanges], [["a", "b"], true]);
      assert.equal(stack.record, undefined);
    });
  }

  for (const step of ["open soon", "put back", "restart backend"]) {
    it(`are named when somebody presses Ctrl-C at this, and the next run puts them back: ${step}`, async () => {
      stack.interrupted = step;
      await assert.rejects(stack.start(takeAlong), (error) => {
        assert.ok(error instanceof Interrupted);
        assert.match(error.message, /^Interrupted while the data were being put back\.\n.*They are in \S+\.dump/);
        return true;
      });
      assert.equal(await stack.start(agreeToNothing), 0);
      assert.deepEqual([stack.database?.todos, stack.record], [["a", "b"], undefined]);
    });
  }

  it("replace nothing when the backup does not hold what the database does", async () => {
    stack.tried = "accounts: 0, todos: 0";
    await assert.rejects(
      stack.start(takeAlong),
      /The backup \S+ holds accounts: 0, todos: 0, and the database accounts: 1/,
    );
    assert.ok(!stack.steps.includes("remove"));
    assert.ok(stack.database?.takesChanges);
  });

  it("are in the backup when they cannot be put back: it says where, what to type, and the next run does it", async () => {
    stack.broken.add("put back");
    const { error } = console;
    const printed: string[] = [];
    console.error = (line: string) => void printed.push(line);
    try {
      assert.equal(await stack.start(takeAlong), 1);
    } finally {
      console.error = error;
    }
    assert.match(
      printed.join("\n"),
      /The data are not put back: put back does not work\n.*They are in \S+\.dump \(accounts: 1, todos: 2\)\. To put them back, type: npm start\. .*npm run restore -- \S+\.dump/,
    );
    stack.broken.clear();
    assert.equal(await stack.start(agreeToNothing), 0);
    assert.deepEqual(stack.database?.todos, ["a", "b"]);
  });

  it("come before what somebody has written in the new database, which is saved", async () => {
    stack.broken.add("make");
    await stack.start(takeAlong);
    stack.broken.clear();
    stack.database = { system: "2", origin: "", todos: ["new"], takesChanges: true };
    assert.equal(await stack.start(agreeToNothing), 0);
    assert.deepEqual(stack.database.todos, ["a", "b"]);
    assert.ok((await stack.kept()).includes("new"));
    assert.ok(
      stack.said.some((line) => /The new database holds accounts: 1, todos: 1 already\. They are saved in/.test(line)),
    );
  });

  it("are still those of the first run when the setting is changed once more after a kill", async () => {
    stack.broken.add("put back");
    const { error } = console;
    console.error = () => undefined;
    await stack.start(takeAlong);
    console.error = error;
    stack.broken.clear();
    stack.wanted = "3";
    assert.equal(await stack.start(takeAlong), 0);
    assert.equal(stack.database?.system, "3");
    assert.deepEqual(stack.database.todos, ["a", "b"]);
  });

  it("go on as they were when Pulumi fails before it has replaced anything", async () => {
    stack.broken.add("remove");
    await assert.rejects(stack.start(takeAlong), /remove does not work/);
    assert.ok(stack.database?.takesChanges, "the application must take changes again");
    assert.equal(stack.record, undefined);
    assert.match(stack.said.at(-1) ?? "", /are where they were, and the application takes changes again/);
  });

  it("are lost, with no backup, when a person says so", async () => {
    assert.equal(await stack.start(agreeToAll), 0);
    assert.deepEqual(stack.database?.todos, []);
    assert.ok(!stack.steps.includes("save"));
  });

  it("are left to the run that takes them along: another one changes nothing", async () => {
    stack.broken.add("put back");
    const { error } = console;
    console.error = () => undefined;
    await stack.start(takeAlong);
    console.error = error;
    const other = stack.record;
    stack.isTaken = true;
    await assert.rejects(stack.start(takeAlong), /Another run takes the data along/);
    assert.deepEqual(stack.record, other);
    assert.equal(stack.steps.filter((step) => step === "allow changes").length, 0);
    stack.database = { system: "1", origin: "", todos: ["a"], takesChanges: false };
    await assert.rejects(stack.start(agreeToNothing), /Another run takes the data along/);
    assert.ok(!stack.database.takesChanges, "the other run has saved them, and counts on that");
  });

  it("wait in the cluster while a database outside is used, and are there when it is used no more", async () => {
    for (let moment = 1; stack.record?.saved === undefined; moment += 1) await stack.start(takeAlong, moment);
    assert.equal(stack.database?.takesChanges, false, "it must have been killed before anything was replaced");
    stack.wanted = "1";
    stack.isOutside = true;
    assert.equal(await stack.start(agreeToNothing), 0);
    stack.isOutside = false;
    assert.equal(await stack.start(agreeToNothing), 0);
    assert.deepEqual(stack.database.todos, ["a", "b"]);
    assert.ok(stack.database.takesChanges, "nothing else would let the application change data again");
    assert.equal(stack.record, undefined);
  });

  it("are named when a new database cannot be opened to take its data along too", async () => {
    stack.broken.add("put back");
    const { error } = console;
    console.error = () => undefined;
    await stack.start(takeAlong);
    console.error = error;
    stack.broken.clear();
    stack.broken.add("open woken");
    stack.wanted = "3";
    await assert.rejects(stack.start(takeAlong), /cannot be taken along.*\n.*not put back yet\. They are in \S+\.dump/);
    assert.equal(stack.database?.system, "2");
    assert.equal(stack.record?.saved?.contents, "accounts: 1, todos: 2");
  });

  it("are forgotten by a destroy that has removed the cluster, and by no other", async () => {
    stack.broken.add("make");
    await stack.start(takeAlong);
    const kept = JSON.stringify(stack.record);
    const state = ".state/.pulumi/stacks/todo-stack/dev.json";
    const stateOf = (...resources: object[]): string => JSON.stringify({ checkpoint: { latest: { resources } } });
    await using checkout = await createFixture({
      ".state/keep-data-dev.json": kept,
      [state]: stateOf({ type: "minikube:index:Cluster", outputs: { instance: "life-1" } }),
    });
    const isKept = (): boolean => existsSync(checkout.getPath(".state/keep-data-dev.json"));
    forgetWithoutCluster("dev", checkout.path);
    assert.ok(isKept(), "after a destroy of other resources, or one that only shows what it would do");
    await checkout.writeFile(state, stateOf());
    forgetWithoutCluster("dev", checkout.path);
    assert.ok(!isKept());
  });

  it("are not left behind by a stack that was renamed without npx", async () => {
    stack.broken.add("make");
    await stack.start(takeAlong);
    const state = (name: string): string => `.state/.pulumi/stacks/todo-stack/${name}.json`;
    const empty = JSON.stringify({ checkpoint: { latest: { resources: [] } } });
    await using checkout = await createFixture({
      ".state/keep-data-dev.json": JSON.stringify(stack.record),
      [state("renamed")]: empty,
    });
    assert.throws(
      () => mustLeaveNoDataBehind("renamed", checkout.path),
      /stack dev .*no stack of that name\. Data that are not put back yet stay in .*todos: 2.*npx pulumi stack rename dev --stack renamed/s,
    );
    await checkout.writeFile(state("dev"), empty);
    mustLeaveNoDataBehind("renamed", checkout.path);
  });

  it("cannot be taken along from a database outside the cluster, and --keep-data says so", async () => {
    stack.isOutside = true;
    await assert.rejects(
      stack.start(takeAlong),
      /All data will be lost.*\n.*Nothing was changed\. .*--keep-data does not help/,
    );
    assert.equal(stack.database?.system, "1");
  });
});
