import assert from "node:assert/strict";
import { join } from "node:path";
import process from "node:process";
import { ClusterView } from "../helpers/cluster.ts";
import { WorkingCopy } from "../helpers/working-copy.ts";

/**
 * The one running stack that every spec of this folder shares: whoever imports it gets it brought up before the first test
 * that runs, and destroyed after the last. A spec leaves the stack as it found it.
 */
class SharedStack {
  #copy: WorkingCopy | undefined;
  #cluster: ClusterView | undefined;
  #url = "";

  /** The checkout whose stack this is. */
  get copy(): WorkingCopy {
    assert.ok(this.#copy !== undefined, "the stack is up only while tests run");
    return this.#copy;
  }

  /** Its cluster, by its own kubeconfig. */
  get cluster(): ClusterView {
    assert.ok(this.#cluster !== undefined, "the stack is up only while tests run");
    return this.#cluster;
  }

  /** Where the application answers, `http://localhost:PORT`. */
  get url(): string {
    return this.#url;
  }

  /** Brings a stack of its own up, or takes the stack `dev` of a checkout as it is. */
  async open(checkout: string | undefined): Promise<void> {
    if (checkout === undefined) {
      const config = { profile: "todo-stack-tests", port: "30282", cpus: "2", memory: "4096" };
      this.#copy = await WorkingCopy.create("stack", config);
      await this.#copy.up();
    } else this.#copy = WorkingCopy.at(checkout, "dev");
    const profile = (
      await this.#copy.succeed("pulumi", ["config", "get", "profile", "--stack", this.#copy.stack])
    ).trim();
    this.#cluster = new ClusterView(join(this.#copy.folder, ".state", `${profile}.kubeconfig`));
    this.#url = String((await this.#copy.outputs()).url);
  }

  /** Destroys the stack; after a failed test its state is kept for a look. */
  async close(failed: boolean): Promise<void> {
    const copy = this.#copy;
    if (copy === undefined) return;
    if (failed) await copy.keepState("test-results");
    await copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", copy.stack]);
    await copy.remove();
  }
}

export const stack = new SharedStack();

const checkout = process.env["TODO_STACK_TESTS"];
let failed = true;

// At the root of every spec, so that a run in which no test matches brings nothing up.
before(async function () {
  this.timeout("20m");
  await stack.open(checkout);
  failed = false;
});

afterEach(function () {
  failed ||= this.currentTest?.isFailed() === true;
});

after(async function () {
  this.timeout("5m");
  if (checkout === undefined) await stack.close(failed);
});
