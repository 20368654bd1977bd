import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { closeDevices, launchBrowser } from "../helpers/browser.ts";
import { look } from "../helpers/look.ts";
import { until } from "../helpers/until.ts";
import { add, item, Person, titles, untilSaved } from "./support/person.ts";

/** What a user does with todos over days and on several pages, each in a real browser with an account of its own. */
describe("todos over days and pages", function () {
  this.timeout("5m");
  let browser: Browser;
  let person: Person;

  before(async () => {
    browser = await launchBrowser();
  });

  beforeEach(() => {
    person = new Person(browser);
  });

  afterEach(async function () {
    await closeDevices(browser, this.currentTest);
  });

  after(async () => {
    await browser.close();
  });

  it("A3: what is typed with a date is understood, shown before Enter, and can be left in the title", async () => {
    const page = await person.signedUp();
    await page.getByLabel("New todo").fill("Pay rent tomorrow 9am every month #home !1");
    const understood = page.getByRole("list", { name: "Understood" });
    for (const part of ["Monthly", "#home", "High priority"]) await understood.getByText(part).waitFor();
    await look(page, "list-understood");
    await page.getByLabel("New todo").press("Enter");
    const line = item(page, "Pay rent");
    for (const part of ["Monthly", "home", "High priority", "9:00"]) await line.getByText(part).first().waitFor();
    // The line of a todo that was just saved takes the place of the one that was shown before.
    await untilTitles(page, ["Pay rent"]);

    await page.getByLabel("New todo").fill("Watch the film #home");
    await understood.getByRole("button", { name: "Leave “#home” in the title" }).click();
    await understood.waitFor({ state: "detached" });
    await page.getByLabel("New todo").press("Enter");
    await item(page, "Watch the film #home").waitFor();
  });

  it("A3: the views of today and of what comes show what is due then", async () => {
    const page = await person.signedUp();
    await add(page, "Some day");
    await setDue(page, "Some day", "2020-02-29");
    await add(page, "Far away");
    await setDue(page, "Far away", "2035-05-01");
    await page.getByRole("link", { name: "Today" }).click();
    await untilTitles(page, ["Some day"]);
    await look(page, "list-today");
    await page.getByRole("link", { name: "Upcoming" }).click();
    await untilTitles(page, ["Far away"]);
    await page.reload();
    await untilTitles(page, ["Far away"]);
  });

  it("A3: a todo of the last day of the month stays there for a year", async () => {
    const page = await person.signedUp();
    await add(page, "Pay the rent");
    await edit(page, "Pay the rent");
    await page.getByLabel("Due date").fill("2034-12-31");
    await page.getByLabel("Repeats").selectOption({ label: "Last day of the month" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Open", exact: true }).click();
    const days = ["Jan 31", "Feb 28", "Mar 31", "Apr 30", "May 31", "Jun 30", "Jul 31", "Aug 31", "Sep 30", "Oct 31"];
    for (const day of [...days, "Nov 30", "Dec 31"]) {
      await page.getByRole("checkbox", { name: "Pay the rent", checked: false }).first().click();
      await item(page, "Pay the rent").getByText(`${day}, 2035`).waitFor();
    }
    await edit(page, "Pay the rent");
    await page.getByRole("button", { name: "Skip this time" }).click();
    await item(page, "Pay the rent").getByText("Jan 31, 2036").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await item(page, "Pay the rent").getByText("Dec 31, 2035").waitFor();
  });

  it("A3: a deleted todo is found in the trash, comes back from there, or goes for ever", async () => {
    const page = await person.signedUp();
    for (const title of ["Sweep", "Mop"]) {
      await add(page, title);
      await page.getByRole("button", { name: `Delete ${title}` }).click();
      await item(page, title).waitFor({ state: "detached" });
    }
    await page.getByText("Deleted “Mop”").waitFor();
    await page.getByRole("link", { name: "Trash" }).click();
    await page.getByRole("button", { name: "Restore Sweep" }).waitFor();
    await look(page, "trash");
    await page.getByRole("button", { name: "Restore Sweep" }).click();
    await page.getByRole("button", { name: "Restore Sweep" }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Delete for ever Mop" }).click();
    await page.getByRole("button", { name: "Really delete Mop" }).click();
    await page.getByText("The trash is empty").waitFor();
    await page.goto("/");
    await untilTitles(page, ["Sweep"]);
  });

  it("A3: what is typed and changed in a tab that is closed offline is there in the next one", async () => {
    const page = await person.signedUp();
    await add(page, "Water the plants");
    await edit(page, "Water the plants");
    await page.getByLabel("Notes").fill("The ones in the kitchen");
    await page.context().setOffline(true);
    await page.getByText("You are offline").waitFor();
    await page.getByLabel("New todo").fill("Written in a tunnel");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await item(page, "Written in a tunnel").waitFor();
    await page.close();

    const context = browser.contexts()[0];
    await context?.setOffline(false);
    const next = await context?.newPage();
    assert.ok(next);
    await next.goto("/");
    await item(next, "Written in a tunnel").waitFor();
    assert.equal(await next.getByLabel("Notes").inputValue(), "The ones in the kitchen");
    await next.getByRole("button", { name: "Save" }).click();
    await item(next, "Water the plants").getByText("The ones in the kitchen").waitFor();
    await next.reload();
    await item(next, "Written in a tunnel").waitFor();
    await item(next, "Water the plants").waitFor();
    assert.equal((await titles(next)).length, 2, "what was sent must not be sent twice");
  });

  it("A3: a page that is opened without a connection shows the list as it was last, and takes changes", async () => {
    const page = await person.signedUp();
    await add(page, "Water the plants");
    for (const [kept, words] of [
      ["/", "<html"],
      ["/list-copy", "Water the plants"],
    ]) {
      await until(`the browser keeps ${kept}`, () =>
        page.evaluate<boolean>(
          `caches.match("${kept}").then((answer) => answer?.text()).then((text) => text?.includes("${words}") === true)`,
        ),
      );
    }
    await page.context().setOffline(true);
    await page.goto("/?view=today");
    await page.getByText("You are offline").waitFor();
    await page.getByRole("checkbox", { name: "Water the plants" }).click();
    await page.getByRole("checkbox", { name: "Water the plants", checked: true }).waitFor();
    await look(page, "list-opened-offline");
    await untilSaved(page, () => page.context().setOffline(false));

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await until("the browser forgets the list", () =>
      page.evaluate<boolean>(`caches.match("/list-copy").then((answer) => answer === undefined)`),
    );
  });

  it("A3: a change of one of a series is undone, and many todos are changed at once", async () => {
    const page = await person.signedUp();
    await add(page, "Pay the rent");
    await edit(page, "Pay the rent");
    await page.getByLabel("Due date").fill("2034-01-31");
    await page.getByLabel("Repeats").selectOption({ label: "Monthly" });
    await page.getByRole("button", { name: "Save" }).click();
    await edit(page, "Pay the rent");
    await page.getByLabel("Title").fill("Pay half of the rent");
    await page.getByLabel("Save for").selectOption({ label: "This one only" });
    await page.getByRole("button", { name: "Save" }).click();
    await item(page, "Pay the rent").getByText("Feb 28, 2034").waitFor();
    await page.getByText("Changed “Pay half of the rent”").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await item(page, "Pay the rent").getByText("Jan 31, 2034").waitFor();
    await until("one is left", async () => (await titles(page)).length === 1);

    await add(page, "Sweep");
    await page.getByRole("button", { name: "Select several" }).click();
    await page.getByRole("checkbox", { name: "Select all shown" }).click();
    await page.getByRole("button", { name: "Change selected" }).click();
    const form = page.getByRole("form", { name: "Change selected todos" });
    await form.getByLabel("Due date").selectOption({ label: "On a day" });
    await form.getByLabel("Day").fill("2035-05-01");
    await form.getByLabel("Add tags").fill("home");
    await look(page, "list-changing-many");
    await form.getByRole("button", { name: "Change 2 todos" }).click();
    for (const title of ["Sweep", "Pay the rent"]) await item(page, title).getByText("May 1, 2035").waitFor();
    await item(page, "Sweep").getByRole("button", { name: "home" }).waitFor();
    await page.getByText("Changed 2 todos").waitFor();
  });

  it("A3: a change whose answer is lost is made once", async () => {
    const page = await person.signedUp();
    await add(page, "Water the plants");
    let lost = 0;
    await page.route("**/api/backend/todos/*", async (route) => {
      if (route.request().method() !== "PATCH" || lost > 0) {
        await route.continue();
        return;
      }
      lost += 1;
      await route.fetch();
      await route.abort();
    });
    await page.getByRole("checkbox", { name: "Water the plants" }).click();
    await page.getByText("The server cannot be reached").waitFor();
    await page.getByText("The server cannot be reached").waitFor({ state: "detached" });
    assert.equal(lost, 1);
    await page.reload();
    await page.getByRole("checkbox", { name: "Water the plants", checked: true }).waitFor();
    assert.equal(await page.getByRole("region", { name: "Changed elsewhere" }).count(), 0);
  });

  it("A3: two tabs do not undo each other's changes", async () => {
    const page = await person.signedUp();
    await add(page, "Water the plants");
    const other = await page.context().newPage();
    await other.goto("/");
    for (const tab of [page, other]) await edit(tab, "Water the plants");
    await other.getByLabel("Title").fill("Water the roses");
    await untilSaved(other, () => other.getByRole("button", { name: "Save" }).click());
    await item(other, "Water the roses").waitFor();
    await page.getByLabel("Notes").fill("At noon");
    await page.getByRole("button", { name: "Save" }).click();
    const line = item(page, "Water the roses");
    await line.getByText("At noon").waitFor();
  });

  it("A3: titles from right to left, and from left to right among them, are laid out as they read", async () => {
    const page = await person.signedUp();
    for (const title of ["לקנות חלב", "اشتر الحليب غدا", "Buy milk"]) {
      await page.getByLabel("New todo").fill(title);
      assert.equal(await directionOf(page, "#new-todo"), title === "Buy milk" ? "ltr" : "rtl");
      await add(page, title);
    }
    await edit(page, "לקנות חלב");
    assert.equal(await directionOf(page, "input[name=title]"), "rtl");
    await look(page, "list-right-to-left");
  });

  it("A3: an export is imported into another account, and a second time adds nothing", async () => {
    const page = await person.signedUp();
    await add(page, "Water the plants");
    await setDue(page, "Water the plants", "2035-05-01");
    await page.goto("/account");
    const downloading = page.waitForEvent("download");
    await page.getByRole("link", { name: "Export as JSON" }).click();
    const file = await (await downloading).path();
    assert.match(await readFile(file, "utf8"), /Water the plants/);

    const other = await new Person(browser).signedUp();
    await other.goto("/account");
    await other.getByRole("button", { name: "Make an address" }).waitFor();
    for (const said of ["Added 1, 0 were there already.", "Added 0, 1 were there already."]) {
      await other
        .getByLabel("Import a file")
        .setInputFiles({ name: "todos.json", mimeType: "application/json", buffer: await readFile(file) });
      await other.getByText(said).waitFor();
    }
    await look(other, "account-imported");
    await other.goto("/");
    await item(other, "Water the plants").getByText("May 1, 2035").waitFor();
  });

  it("A1: a session is ended from another device, and all of them at once", async () => {
    const page = await person.signedUp();
    const other = await person.signedIn();
    await page.goto("/account");
    const sessions = page.getByRole("list", { name: "Sessions" });
    await sessions.getByRole("button", { name: /^Sign out/ }).click();
    await until("one session is left", async () => (await sessions.getByRole("listitem").count()) === 1);
    await other.goto("/");
    await other.getByRole("heading", { name: "Welcome back" }).waitFor();
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  });

  it("A3: keys lead everywhere, and a palette finds the rest", async () => {
    const page = await person.signedUp();
    await page.getByText("Nothing to do yet").waitFor();
    // The words come with the page; the keys work once the page does.
    await page.getByRole("button", { name: "Add", disabled: false }).waitFor();
    await page.keyboard.press("n");
    await page.keyboard.type("Sweep");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Edit Sweep", disabled: false }).waitFor();
    await page.getByLabel("New todo").blur();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("e");
    await page.keyboard.type("Sweep the floor");
    await page.keyboard.press("Enter");
    await item(page, "Sweep the floor").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await look(page, "keys");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("tr");
    await page.getByRole("dialog", { name: "Commands" }).waitFor();
    await page.keyboard.type("ash");
    assert.equal(
      await page.getByRole("combobox").inputValue(),
      "trash",
      "the palette must have the focus once it is there",
    );
    await look(page, "palette");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Trash" }).waitFor();
  });
});

async function edit(page: Page, title: string): Promise<void> {
  await page.getByRole("button", { name: `Edit ${title}` }).click();
}

async function setDue(page: Page, title: string, day: string): Promise<void> {
  await edit(page, title);
  await page.getByLabel("Due date").fill(day);
  await untilSaved(page, () => page.getByRole("button", { name: "Save" }).click());
  await item(page, title).getByText(day.slice(0, 4)).waitFor();
}

async function untilTitles(page: Page, expected: string[]): Promise<void> {
  await until(`the list is ${expected.join(", ")}`, async () => (await titles(page)).join("|") === expected.join("|"));
}

async function directionOf(page: Page, selector: string): Promise<unknown> {
  return await page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).direction`);
}
