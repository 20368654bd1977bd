import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { Account } from "../../helpers/account.ts";
import { launchBrowser } from "../../helpers/browser.ts";
import { ClusterView } from "../../helpers/cluster/cluster-view.ts";
import { inSequence } from "../../helpers/in-sequence.ts";
import { until } from "../../helpers/until.ts";
import type { WorkingCopy } from "../../helpers/working-copy.ts";
import { edits } from "../../stack/support/edits.ts";
import { DevCommand } from "./dev-command.ts";
import { stackHandedOn } from "./stack.ts";

const namespace = "todo";
const service = edits.noTodo.file;

/** Development in the cluster, in the order in which somebody meets it. Each step builds on the last. */
describe("W1: npm run dev", function () {
  this.timeout("10m");
  inSequence();

  let copy: WorkingCopy;
  let profile: string;
  let url: string;
  let dev: DevCommand;
  let person: Account;
  let sentence: string = edits.noTodo.text;
  let heading: string = edits.heading.text;
  const cluster = (): ClusterView => new ClusterView(join(copy.folder, ".state", `${profile}.kubeconfig`));

  /** What the backend answers to who asks for a todo that is not there, or the status where it does not answer. */
  const said = async (): Promise<string> => {
    const answer = await person.call("GET", "/api/backend/todos/00000000-0000-4000-8000-000000000000");
    const body = (await answer.json().catch(() => ({}))) as { detail?: string };
    return body.detail ?? String(answer.status);
  };
  const serves = async (wanted: string): Promise<void> => {
    const deadline = Date.now() + 60_000;
    for (let now = ""; now !== wanted; now = await said().catch(String)) {
      assert.ok(Date.now() < deadline, `the edit must be served, and not ${now}:\n${dev.output}`);
      await sleep(50);
    }
  };
  const rewrite = async (wanted: string): Promise<void> => {
    await copy.edit(service, sentence, wanted);
    sentence = wanted;
    await serves(wanted);
  };
  const podOf = async (component: string) => {
    const { metadata, status, spec } = await cluster().pod(component);
    const restarts = status?.containerStatuses?.map(({ restartCount }) => restartCount);
    return { uid: metadata?.uid, image: spec?.containers[0]?.image, restarts };
  };
  const filesIn = async (component: string, folder: string): Promise<string[]> =>
    (await cluster().exec(component, "find", folder, "-type", "f")).output.trim().split("\n");

  before(async function () {
    this.timeout("20m");
    copy = await stackHandedOn();
    profile = (await copy.succeed("pulumi", ["config", "get", "profile", "--stack", copy.stack])).trim();
    dev = new DevCommand(copy);
    await dev.isUp();
    url = String((await copy.outputs())["url"]);
    person = await Account.signUp(url);
    await serves(sentence);
  });

  after(async function () {
    const failed = this.test?.parent?.tests.some((test) => test.isFailed()) ?? false;
    if (failed) console.log(dev.output);
    await dev.kill();
  });

  it("serves an edit of the backend in the pod that runs, without a build", async () => {
    const before = await podOf("backend");
    assert.match(before.image ?? "", /^todo-backend:development-/);
    dev.forget();
    await rewrite("No todo has this id.");
    assert.deepEqual(await podOf("backend"), before, "neither pod nor image may be another one");
    assert.match(dev.output, /sync .*│ src\/app\/todos\/service\.py → todo-backend-\S+ in \d+ ms/);
    assert.doesNotMatch(dev.output, /^up /m, "no up may run");
  });

  it("shows an error of the code, and serves what repairs it", async () => {
    const before = await podOf("backend");
    dev.forget();
    await copy.edit(service, "import", "importt");
    await dev.shows(/backend-\S+ +│ SyntaxError: invalid syntax/);
    await copy.edit(service, "importt", "import");
    await rewrite("There is no todo with this id.");
    assert.deepEqual(await podOf("backend"), before, "code that is broken is no reason to restart a pod");
  });

  it("takes new and deleted files and folders to the pod", async () => {
    const folder = join(copy.folder, "apps/backend/src/app/extra");
    await mkdir(folder);
    for (const name of ["one.py", "two.py"]) await writeFile(join(folder, name), "");
    const extra = async (): Promise<string[]> =>
      (await filesIn("backend", "/app/src")).filter((file) => file.includes("extra")).toSorted();
    await dev.shows(/extra\/two\.py/);
    assert.deepEqual(await extra(), ["/app/src/app/extra/one.py", "/app/src/app/extra/two.py"]);
    await rm(join(folder, "one.py"));
    await dev.shows(/removed src\/app\/extra\/one\.py/);
    assert.deepEqual(await extra(), ["/app/src/app/extra/two.py"]);
    await rm(folder, { recursive: true });
    await dev.shows(/removed src\/app\/extra[ ,]/);
    assert.deepEqual(await extra(), []);
  });

  it("shows an edit of a React component in an open page, which keeps what was typed into it", async () => {
    const before = await podOf("frontend");
    await inBrowser(async (page) => {
      const news = new News(page);
      await page.goto("/signup");
      await until("the page hears of edits", () => Promise.resolve(news.isHeard()));
      await page.evaluate("window.isTheSamePage = true");
      await page.getByLabel("Email").fill("half@typed");
      for (const wanted of ["Make an account of your own", "Begin here"]) {
        await copy.edit(edits.heading.file, heading, wanted);
        heading = wanted;
        await page.getByRole("heading", { name: wanted }).waitFor();
      }
      assert.equal(await page.getByLabel("Email").inputValue(), "half@typed", "what was typed must be kept");
      assert.equal(await page.evaluate("window.isTheSamePage"), true, "the page must not be loaded again");
    });
    assert.deepEqual(await podOf("frontend"), before, "neither pod nor image may be another one");
  });

  it("builds the one image whose dependencies change, and applies an edited chart, with one up", async () => {
    const [backend, frontend] = [await podOf("backend"), await podOf("frontend")];
    dev.forget();
    await copy.edit(edits.description.file, edits.description.text, "Another HTTP API");
    const { file: template, text: labels } = edits.labels;
    await copy.edit(template, labels, '  annotations:\n    example.com/edited: "yes"\n  labels:\n');
    await dev.isUp();
    const after = await podOf("backend");
    assert.match(after.image ?? "", /^todo-backend:development-/);
    assert.notEqual(after.image, backend.image, "the backend must have another image");
    assert.deepEqual(await podOf("frontend"), frontend, "the frontend must be left alone");
    const { metadata } = await cluster().core.readNamespacedService({ name: "todo-backend", namespace });
    assert.equal(metadata?.annotations?.["example.com/edited"], "yes", "the edited template must be applied");
    assert.equal(dev.output.match(/up .*│ done in/g)?.length, 1, "one up must be enough");
    await serves(sentence);
  });

  it("does not follow settings that would take the data away", async () => {
    const set = (memory: string) => copy.succeed("pulumi", ["config", "set", "--stack", copy.stack, "memory", memory]);
    dev.forget();
    await set("4095");
    await dev.shows(/up .*│ .*error: A change of memory needs a new cluster/);
    await set("4096");
    await dev.isUp();
    await serves(sentence);
  });

  it("fills a pod that takes the place of another, and goes on with it", async () => {
    const [name = ""] = await cluster().podNames("backend");
    dev.forget();
    await cluster().core.deleteNamespacedPod({ name, namespace });
    await dev.shows(/sync .*│ \d+ files → todo-backend-/);
    await serves(sentence);
    await rewrite("Nothing here has this id.");
    assert.ok(!(await cluster().podNames("backend")).includes(name));
  });

  it("goes on where one that was killed has left off", async () => {
    await dev.kill();
    await copy.edit(service, sentence, "Whoever edits while nobody looks is served later.");
    sentence = "Whoever edits while nobody looks is served later.";
    const before = await podOf("backend");
    dev = new DevCommand(copy);
    await dev.isUp();
    await serves(sentence);
    assert.deepEqual(await podOf("backend"), before, "what was there must be used");
  });

  it("leaves the pods of production behind, as up makes them", async () => {
    dev.forget();
    assert.equal(await dev.interrupt(), 0, dev.output);
    for (const component of ["backend", "frontend"]) {
      const { spec } = await cluster().pod(component);
      assert.match(spec?.containers[0]?.image ?? "", new RegExp(`^todo-${component}:[0-9a-f]{16}$`));
      const volumes = spec?.volumes?.map((volume) => volume.name) ?? [];
      assert.ok(!volumes.includes("source"), `${component} must have its code from its image`);
    }
    await copy.up("--expect-no-changes");
    assert.equal(await said(), sentence, "the images must hold what was edited");
  });

  /** Opens a page in a browser of its own. */
  async function inBrowser(use: (page: Page) => Promise<void>): Promise<void> {
    const browser: Browser = await launchBrowser();
    try {
      const page = await browser.newPage({ baseURL: url });
      // What is asked for first is compiled first.
      page.setDefaultTimeout(180_000);
      await use(page);
    } finally {
      await browser.close();
    }
  }
});

/**
 * What a page and Next.js tell each other. Next.js tells a page of an edit only if the page has asked for news of the
 * part that is edited, which it does some time after it has connected, and if nothing is being compiled just then.
 */
class News {
  #hasAsked = false;
  #isCompiling = false;
  #last = 0;

  constructor(page: Page) {
    page.on("websocket", (socket) => {
      socket.on("framesent", ({ payload }) => {
        this.#hasAsked ||= String(payload).includes("turbopack-subscribe");
        this.#last = Date.now();
      });
      socket.on("framereceived", () => (this.#last = Date.now()));
    });
    page.on("console", (message) => {
      if (message.text().startsWith("[Fast Refresh]")) this.#isCompiling = message.text().includes("rebuilding");
    });
  }

  /** Whether all has been said that a page says at its beginning. */
  isHeard(): boolean {
    return this.#hasAsked && !this.#isCompiling && Date.now() - this.#last > 3_000;
  }
}
