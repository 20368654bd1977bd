import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { execa } from "execa";
import { environment } from "../../../machine/tool-environment.ts";
import { plainSettings } from "../../../state/stack-files.ts";
import { ClusterView } from "../../helpers/cluster/cluster-view.ts";
import { previewWithNothingRunning, type Plan } from "../../helpers/bare-preview.ts";
import { WorkingCopy } from "../../helpers/working-copy.ts";

const settings = { profile: "todo-stack-tests", port: "30282", cpus: "2", memory: "4096" };

/**
 * The one running stack that the specs of a run share: whoever imports it gets it brought up before the first test
 * that runs, and destroyed after the last. A spec leaves the stack as it found it. After a test that failed the stack
 * is brought back to what it was, so that the test after it fails for a reason of its own only.
 */
class SharedStack {
  #copy: WorkingCopy | undefined;
  #cluster: ClusterView | undefined;
  #plan: PromiseSettledResult<Plan> | undefined;
  #isBorrowed = false;
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

  /** Its Minikube profile. */
  get profile(): string {
    return plainSettings(this.copy.folder, this.copy.stack).profile;
  }

  /** Whether it belongs to a checkout of the developer, who destroys it. */
  get isBorrowed(): boolean {
    return this.#isBorrowed;
  }

  /**
   * What a preview that finds no Docker and no Minikube has planned before the first `up`. Undefined when the stack was
   * up already.
   */
  get plan(): Plan | undefined {
    if (this.#plan?.status === "rejected") throw this.#plan.reason;
    return this.#plan?.value;
  }

  /** Brings a stack of its own up, or takes the stack `dev` of a checkout as it is. */
  async open(checkout: string | undefined): Promise<void> {
    this.#isBorrowed = checkout !== undefined;
    if (checkout === undefined) {
      this.#copy = await WorkingCopy.create("stack", settings);
      // A preview that fails is a failure of one test, not of all.
      [this.#plan] = await Promise.allSettled([previewWithNothingRunning(this.#copy)]);
      await this.#copy.up();
    } else this.#copy = WorkingCopy.at(checkout, "dev");
    await this.#findOut();
  }

  /**
   * Brings the stack back after a test that failed.
   * @throws Error when nothing helps; Mocha then ends the run.
   */
  async restore(): Promise<void> {
    console.log("      The stack is brought back to what it was before the next test.");
    await execa("docker", ["unpause", this.profile], { reject: false });
    if (!this.#isBorrowed) {
      await this.copy.resetSources();
      await this.copy.configure(settings);
    }
    for (const { without, remove } of this.#isBorrowed ? [] : this.#lastResorts()) {
      if ((await this.#up()) === 0) break;
      console.log(`      up was not enough: it is tried again without ${without}.`);
      await remove();
    }
    await this.copy.up();
    await this.#findOut();
  }

  /** Destroys the stack; after a failed test its state is kept for a look. */
  async close(failed: boolean): Promise<void> {
    const copy = this.#copy;
    if (copy === undefined || this.#isBorrowed) return;
    if (failed) await copy.keepState("test-results");
    await copy.succeed("pulumi", ["destroy", "--yes", "--skip-preview", "--stack", copy.stack]);
    await copy.remove();
  }

  async #up(): Promise<number | undefined> {
    const { copy } = this;
    return (await copy.pulumi(["up", "--yes", "--skip-preview", "--stack", copy.stack])).exitCode;
  }

  /** What may have to go before `up` works again; `up` then takes the cluster over, or makes another one. */
  #lastResorts(): { without: string; remove: () => Promise<unknown> }[] {
    const { copy, profile } = this;
    const removeState = async (): Promise<void> => {
      await rm(join(copy.folder, ".state"), { recursive: true, force: true });
      await copy.succeed("pulumi", ["stack", "select", "--create", copy.stack]);
    };
    const removeCluster = () => execa("minikube", ["delete", "--profile", profile], { env: environment() });
    return [
      { without: "its state", remove: removeState },
      { without: "its cluster", remove: removeCluster },
    ];
  }

  async #findOut(): Promise<void> {
    this.#cluster = new ClusterView(join(this.copy.folder, ".state", `${this.profile}.kubeconfig`));
    this.#url = String((await this.copy.outputs()).url);
  }
}

export const stack = new SharedStack();

let failed = true;

// At the root of every spec, so that a run in which no test matches brings nothing up.
before(async function () {
  this.timeout("20m");
  await stack.open(process.env["TODO_STACK_TESTS"]);
  failed = false;
});

afterEach(async function () {
  const { currentTest } = this;
  if (currentTest === undefined || currentTest.isPassed() || currentTest.isPending()) return;
  failed = true;
  this.timeout("20m");
  await stack.restore();
});

after(async function () {
  this.timeout("5m");
  await stack.close(failed);
});
