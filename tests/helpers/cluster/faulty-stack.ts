import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa, type Result } from "execa";
import { environment } from "../../../machine/tool-environment.ts";
import { plainSettings, stateFile } from "../../../state/stack-files.ts";
import { Account } from "../account.ts";
import { ClusterView } from "./cluster-view.ts";
import { timeToRecover } from "./recovery.ts";
import { until } from "../until.ts";
import type { WorkingCopy } from "../working-copy.ts";

/** The label by which Helm's records of the release are found. */
export const helmRecords = "owner=helm,name=todo";
const todo = "water the plants";

/** A stack that is up, somebody with a todo in it, and the means to break it and to see that it is whole again. */
export class FaultyStack {
  readonly copy: WorkingCopy;
  readonly profile: string;
  readonly url: string;
  #person: Account;

  private constructor(copy: WorkingCopy, profile: string, url: string, person: Account) {
    this.copy = copy;
    this.profile = profile;
    this.url = url;
    this.#person = person;
  }

  /** Signs somebody up at a stack that is up, who writes down one todo. @param url where the stack answers. */
  static async of(copy: WorkingCopy, url: string): Promise<FaultyStack> {
    const { profile } = plainSettings(copy.folder, copy.stack);
    return new FaultyStack(copy, profile, url, await FaultyStack.#newcomer(url));
  }

  static async #newcomer(url: string): Promise<Account> {
    const person = await Account.signUp(url);
    await person.add(todo);
    return person;
  }

  get kubeconfig(): string {
    return join(this.copy.folder, ".state", `${this.profile}.kubeconfig`);
  }

  get stateFile(): string {
    return stateFile(this.copy.folder, this.copy.stack);
  }

  get cluster(): ClusterView {
    return new ClusterView(this.kubeconfig);
  }

  // The one that Minikube brings: set-up gets no other, and a machine may have none of its own.
  async kubectl(...args: string[]): Promise<Result> {
    const own = [`--context=${this.profile}`, "--namespace=todo"];
    const env = { ...environment(), KUBECONFIG: this.kubeconfig };
    return await execa("minikube", ["kubectl", "-p", this.profile, "--", ...own, ...args], { env });
  }

  // Not awaited here: who kills Helm needs its process.
  helm(...args: string[]): ReturnType<typeof execa<{ env: NodeJS.ProcessEnv }>> {
    return execa("helm", [...args, "--kubeconfig", this.kubeconfig, "--namespace", "todo"], { env: environment() });
  }

  /**
   * Lets Helm work on the release, with an image that does not exist, until its record says `pending-COMMAND`, and
   * kills it.
   */
  async killHelm(command: "install" | "upgrade", prepare?: () => Promise<unknown>): Promise<void> {
    const values = join(this.copy.folder, ".state", "values.json");
    await writeFile(values, (await this.helm("get", "values", "todo", "--output=json")).stdout);
    await prepare?.();
    const chart = join(this.copy.folder, "charts/todo");
    const working = this.helm(
      command,
      "todo",
      chart,
      "--values",
      values,
      "--set",
      "backend.image.tag=absent",
      "--wait",
    );
    working.catch(() => undefined);
    const records = ["get", "secrets", "--output=name", "--selector", `${helmRecords},status=pending-${command}`];
    await until("Helm must be in the middle of its work", async () => (await this.kubectl(...records)).stdout !== "");
    working.kill("SIGKILL");
  }

  /** Previews, which must work in every state. Gives what Pulumi printed. */
  async preview(env: Record<string, string> = {}): Promise<string> {
    const { exitCode, all } = await this.copy.pulumi(["preview", "--stack", this.copy.stack], env);
    assert.equal(exitCode, 0, `a preview must work in every state:\n${all}`);
    return all;
  }

  /** Looks that the todo is there. */
  async keepsTodo(message = "what was written before must be there"): Promise<void> {
    assert.deepEqual(await this.#person.titles(), [todo], message);
  }

  /**
   * Brings the stack up once, and looks that it is whole. Gives what Pulumi printed.
   * @param losesData where the data are meant to be gone.
   */
  async converge(options: { env?: Record<string, string>; losesData?: boolean } = {}): Promise<string> {
    const { env = {}, losesData = false } = options;
    const up = ["up", "--yes", "--skip-preview", "--stack", this.copy.stack];
    const { exitCode, all } = await timeToRecover(() => this.copy.pulumi(up, env));
    assert.equal(exitCode, 0, `one up must be enough:\n${all}`);
    if (losesData) this.#person = await FaultyStack.#newcomer(this.url);
    await this.keepsTodo();
    await this.copy.up("--expect-no-changes");
    return all;
  }
}
