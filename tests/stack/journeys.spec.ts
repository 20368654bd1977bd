import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { closeDevices, launchBrowser } from "../helpers/browser.ts";
import { look } from "../helpers/look.ts";
import { add, item, Person, send, titles, untilSaved } from "./support/person.ts";
import { until } from "../helpers/until.ts";
import { scale } from "./support/scale.ts";
import { stack } from "./support/stack.ts";

/**
 * What a user would name as the things to do here, each in a real browser with an account of its own. Every page and
 * state is looked at on the way, see {@link look}.
 */
describe("the journeys of a user", function () {
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

  it("sees what is hard to read, so that looking at a page means something", async () => {
    const page = await person.device();
    await page.setContent("<main style='background: #fff; color: #ddd'><h1>Pale</h1></main>");
    await assert.rejects(look(page, "pale"), /color-contrast/);
  });

  it("A3: a newcomer signs up, writes down the first todo and finds it again", async () => {
    const page = await person.device();
    await page.goto("/");
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByRole("heading", { name: "Create your account" }).waitFor();
    await look(page, "sign-up");
    await fillIn(page, person.email, "short");
    await page.getByRole("button", { name: "Sign up" }).click();
    assert.equal(new URL(page.url()).pathname, "/signup", "a password that is too short must not be sent");

    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByText("Nothing to do yet").waitFor();
    await look(page, "list-empty");
    await add(page, "Water the plants");
    await page.reload();
    await item(page, "Water the plants").waitFor();
  });

  it("A1: a wrong password is told apart, and ten of them close the door for a while", async () => {
    await (await person.signedUp()).context().close();
    const page = await person.device();
    await page.goto("/signin");
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await look(page, "sign-in");
    await fillIn(page, person.email, "not my passphrase");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page
      .getByRole("alert")
      .getByText(/password/i)
      .waitFor();
    await look(page, "sign-in-wrong-password");

    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Your todos" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();

    const headers = { origin: stack.url };
    for (let guess = 1; guess <= 10; guess += 1) {
      const data = { email: person.email, password: `guess ${guess}, not my passphrase` };
      const answer = await page.request.post("/api/session", { headers, data });
      assert.equal(answer.status(), 401, `guess ${guess} must be refused`);
    }
    await fillIn(page, person.email, person.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("Too many attempts").waitFor();
    await look(page, "sign-in-too-many-attempts");
  });

  it("A3: a todo gets notes, a due date, a priority and tags", async () => {
    const page = await person.signedUp();
    await add(page, "Buy a birthday present");
    await page.getByRole("button", { name: "Edit Buy a birthday present" }).click();
    const form = page.getByRole("form", { name: "Edit Buy a birthday present" });
    await form.getByLabel("Notes").fill("She likes books about the sea.");
    await form.getByLabel("Due date").fill("2020-02-29");
    await form.getByLabel("Priority").selectOption({ label: "High" });
    await form.getByLabel("Tags").fill("family, shopping");
    await look(page, "todo-editor");
    await form.getByRole("button", { name: "Save" }).click();

    await page.reload();
    const line = item(page, "Buy a birthday present");
    for (const detail of ["Overdue, Feb 29, 2020", "high priority", "family", "shopping", "She likes books"]) {
      await line.getByText(detail).first().waitFor();
    }
    await add(page, "Water the plants");
    await add(page, "Send the invoice");
    await tick(page, "Send the invoice");
    await look(page, "list");
    await line.getByRole("button", { name: "family" }).click();
    await untilTitles(page, ["Buy a birthday present"]);
  });

  it("A1: ticking a todo that repeats brings the next one", async () => {
    const page = await person.signedUp();
    await add(page, "Pay the rent");
    await page.getByRole("button", { name: "Edit Pay the rent" }).click();
    const form = page.getByRole("form", { name: "Edit Pay the rent" });
    await form.getByLabel("Due date").fill("2030-01-31");
    await form.getByLabel("Repeats").selectOption({ label: "Monthly" });
    await form.getByRole("button", { name: "Save" }).click();
    await item(page, "Pay the rent").getByText("Monthly").waitFor();
    await tick(page, "Pay the rent");

    await item(page, "Pay the rent").getByText("Feb 28, 2030").waitFor();
    await until(
      "the done one stays",
      async () => (await page.getByRole("checkbox", { name: "Pay the rent" }).count()) === 2,
    );
    await look(page, "list-recurring");
  });

  it("A3: words and filters find a todo among many", async () => {
    const page = await person.signedUp();
    for (const title of ["Book the train", "Book a hotel", "Pack the suitcase"]) await add(page, title);
    await tick(page, "Book a hotel");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await untilTitles(page, ["Pack the suitcase", "Book the train"]);
    await page.getByRole("button", { name: "Done", exact: true }).click();
    await untilTitles(page, ["Book a hotel"]);

    await page.getByRole("button", { name: "All", exact: true }).click();
    await page.getByRole("searchbox", { name: "Search" }).fill("book");
    await untilTitles(page, ["Book a hotel", "Book the train"]);
    await page.getByRole("searchbox", { name: "Search" }).fill("submarine");
    await page.getByText("Nothing found").waitFor();
    await look(page, "list-nothing-found");

    await page.getByRole("searchbox", { name: "Search" }).fill("");
    await page.getByRole("button", { name: "Filter and sort" }).click();
    await page.getByRole("group", { name: "Filters" }).getByLabel("Sort by").selectOption({ label: "Title" });
    await untilTitles(page, ["Book a hotel", "Book the train", "Pack the suitcase"]);
    await look(page, "list-sorted");
    await page.reload();
    await untilTitles(page, ["Book a hotel", "Book the train", "Pack the suitcase"]);
  });

  it("A3: todos are put into an order of one's own, by keys and by hand", async () => {
    const page = await person.signedUp();
    for (const title of ["First", "Second", "Third"]) await add(page, title);
    await page.getByRole("button", { name: "Filter and sort" }).click();
    await page.getByRole("group", { name: "Filters" }).getByLabel("Sort by").selectOption({ label: "My own order" });
    await page.getByRole("button", { name: "Move First" }).waitFor();
    const before = await titles(page);
    const [top = "", , bottom = ""] = before;
    await page.getByRole("button", { name: `Move ${top}` }).press("ArrowDown");
    await untilTitles(page, [before[1] ?? "", top, bottom]);
    await page.getByRole("button", { name: `Move ${bottom}` }).click();
    await look(page, "list-own-order");
    await page.getByRole("button", { name: "To the top" }).click();
    await untilTitles(page, [bottom, before[1] ?? "", top]);
    await page.getByRole("button", { name: `Move ${bottom}` }).click();
    await page
      .getByRole("button", { name: `Move ${top}` })
      .dragTo(item(page, bottom), { targetPosition: { x: 100, y: 4 } });
    await untilTitles(page, [top, bottom, before[1] ?? ""]);
    await page.reload();
    await untilTitles(page, [top, bottom, before[1] ?? ""]);
  });

  it("A3: several todos are completed or deleted at once", async () => {
    const page = await person.signedUp();
    for (const title of ["Sweep", "Mop", "Rest"]) await add(page, title);
    await page.getByRole("button", { name: "Select several" }).click();
    for (const title of ["Sweep", "Mop"]) await tick(page, `Select ${title}`);
    await look(page, "list-selecting");
    await page.getByRole("button", { name: "Complete selected" }).click();
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await untilTitles(page, ["Rest"]);
    await page.getByRole("button", { name: "All", exact: true }).click();
    await item(page, "Mop").waitFor();

    await page.getByRole("button", { name: "Select several" }).click();
    await tick(page, "Select all shown");
    await page.getByRole("button", { name: "Delete selected" }).click();
    await page.getByText("Deleted 3 todos").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    for (const title of ["Sweep", "Mop", "Rest"]) await item(page, title).waitFor();
  });

  it("A3: an edit that crosses with one on another device is not lost, and does not overwrite it unasked", async () => {
    const page = await person.signedUp();
    await add(page, "Water the plants");
    const other = await person.signedIn();
    for (const device of [page, other]) await device.getByRole("button", { name: "Edit Water the plants" }).click();
    await untilSaved(other, () => rename(other, "Water the plants", "Water the roses"));
    await item(other, "Water the roses").waitFor();
    await rename(page, "Water the plants", "Water the cactus");
    const conflict = page.getByRole("region", { name: "Changed elsewhere" });
    await conflict.getByText("Water the roses").waitFor();
    await look(page, "list-conflict");
    await untilSaved(page, () => conflict.getByRole("button", { name: "Save mine" }).click());
    await item(page, "Water the cactus").waitFor();
    await other.reload();
    await item(other, "Water the cactus").waitFor();
  });

  it("A3: a deleted todo is brought back", async () => {
    const page = await person.signedUp();
    await add(page, "Call the dentist");
    await page.getByRole("button", { name: "Delete Call the dentist" }).click();
    await page.getByText("Deleted “Call the dentist”").waitFor();
    await item(page, "Call the dentist").waitFor({ state: "detached" });
    await look(page, "list-undo");
    await page.getByRole("button", { name: "Undo" }).click();
    await item(page, "Call the dentist").waitFor();
    await page.reload();
    await item(page, "Call the dentist").waitFor();
  });

  it("A2: the assistant lists, adds and completes todos, and asks before it deletes", async () => {
    const page = await person.signedUp();
    await add(page, "Water the plants");
    await page.getByRole("button", { name: "Assistant" }).click();
    await look(page, "assistant-empty");
    // A trial fails if something lies above the button.
    await page.getByRole("button", { name: "Sign out" }).click({ trial: true });
    const conversation = page.getByRole("log", { name: "Conversation" });
    await say(page, "hello");
    await conversation.getByText("without a language model").waitFor();
    await page.getByText("Answered by the built-in rules").waitFor();
    await say(page, "remind me to buy milk");
    await conversation.getByText('Added "buy milk".').waitFor();
    await item(page, "buy milk").waitFor();
    await say(page, "list");
    await conversation.getByText("- Water the plants").waitFor();
    await say(page, "done buy milk");
    await conversation.getByText('Completed "buy milk".').waitFor();
    await say(page, "delete plants");
    const question = page.getByRole("group", { name: "Confirm" });
    await question.getByText("Delete “Water the plants”?").waitFor();
    await item(page, "Water the plants").waitFor();
    await look(page, "assistant-asks");
    await question.getByRole("button", { name: "Yes, delete" }).click();
    await item(page, "Water the plants").waitFor({ state: "detached" });
    await page.getByRole("complementary", { name: "Assistant" }).getByRole("button", { name: "Undo" }).click();
    await item(page, "Water the plants").waitFor();

    await page.reload();
    await page.getByRole("button", { name: "Assistant" }).click();
    await conversation.getByText('Added "buy milk".').waitFor();
  });

  it("A1: a new password signs the other devices out, and a deleted account is gone", async () => {
    const page = await person.signedUp();
    const other = await person.signedIn();
    await page.getByRole("link", { name: `Account of ${person.email}` }).click();
    await page.getByRole("heading", { name: "Account", exact: true }).waitFor();
    await look(page, "account");
    await page.getByLabel("Current password").fill(person.password);
    await page.getByLabel("New password").fill("another long passphrase");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Your password is changed.").waitFor();
    await other.goto("/");
    await other.getByRole("heading", { name: "Welcome back" }).waitFor();

    await page.getByLabel("Your password, to confirm").fill("another long passphrase");
    await page.getByRole("button", { name: "Delete account" }).click();
    await page.getByRole("heading", { name: "Create your account" }).waitFor();
    await fillIn(other, person.email, "another long passphrase");
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByRole("alert").waitFor();
  });

  it("A3: what is changed without a connection waits, and is saved when it is back", async () => {
    const page = await person.signedUp();
    await add(page, "Water the plants");
    await page.context().setOffline(true);
    await page.getByText("You are offline").waitFor();
    await page.getByLabel("New todo").fill("Written in a tunnel");
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await item(page, "Written in a tunnel").waitFor();
    await look(page, "list-offline");
    const saved = page.waitForResponse(
      (answer) => answer.request().method() === "POST" && answer.url().endsWith("/todos"),
    );
    await page.context().setOffline(false);
    assert.equal((await saved).status(), 201, "what waited must be saved");
    await page.getByText("You are offline").waitFor({ state: "detached" });
    await page.reload();
    await item(page, "Written in a tunnel").waitFor();
  });

  it("A3: a backend that is away is said to be, and its return is noticed", async () => {
    const page = await person.signedUp();
    await add(page, "Water the plants");
    await scale("backend", 0);
    try {
      await page.getByLabel("New todo").fill("Not now");
      await page.getByRole("button", { name: "Add", exact: true }).click();
      await page.getByRole("alert").getByText("That change was not saved").waitFor();
      assert.equal(await page.getByLabel("New todo").inputValue(), "Not now", "what was typed must not be lost");
      await look(page, "list-not-saved");
      await page.reload();
      await page.getByText("This page could not be loaded").waitFor();
      await look(page, "backend-away");
    } finally {
      await scale("backend", 1);
    }
    await page.getByRole("button", { name: "Try again" }).click();
    await item(page, "Water the plants").waitFor();
  });

  it("A3: the keyboard is enough", async () => {
    const page = await person.device();
    await page.goto("/signup");
    await page.getByRole("button", { name: "Sign up", disabled: false }).waitFor();
    await page.getByLabel("Email").focus();
    await page.keyboard.type(person.email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(person.password);
    await page.keyboard.press("Enter");
    await page.getByText("Nothing to do yet").waitFor();
    // The words come with the page; the keys work once the page does.
    await page.getByRole("button", { name: "Add", disabled: false }).waitFor();

    await tabTo(page, "New todo");
    for (const title of ["First", "Second", "Third"]) {
      await page.keyboard.type(title);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: `Edit ${title}`, disabled: false }).waitFor();
    }
    await tabTo(page, "Third");
    await page.keyboard.press("ArrowDown");
    await until("the arrow goes to the next todo", async () => (await focused(page)) === "Second");
    await page.keyboard.press("Space");
    await page.getByRole("checkbox", { name: "Second", checked: true }).waitFor();
    await look(page, "list-keyboard");
    await page.keyboard.press("Delete");
    await item(page, "Second").waitFor({ state: "detached" });
    await until("the focus goes to the neighbour", async () => (await focused(page)) === "First");

    await tabTo(page, "Edit First");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Foremost");
    await page.keyboard.press("Enter");
    await item(page, "Foremost").waitFor();
    await until("the button that opens the form has the focus", () =>
      page.evaluate<boolean>("document.activeElement.getAttribute('aria-label') === 'Edit Foremost'"),
    );
  });

  it("A3: everything is within reach on a phone", async () => {
    const page = await person.signedUp(390);
    await add(page, "A title that goes on and on, as titles do, and does not fit in one line of a phone, nor in two");
    await add(page, "Donaudampfschifffahrtsgesellschaftskapitaenswitwenrentenauszahlungsstelle");
    await page.getByRole("button", { name: /^Edit Donau/ }).click();
    // It would lie above the form.
    await page.getByRole("button", { name: "Assistant" }).waitFor({ state: "hidden" });
    await page.getByLabel("Due date").fill("2030-05-01");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("May 1, 2030").waitFor();
    await look(page, "list-long-titles");
    await page.getByRole("button", { name: "Assistant" }).click();
    await say(page, "list");
    await page.getByRole("log").getByText("- A title that goes on").waitFor();
    await look(page, "assistant");
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("link", { name: /^Account of/ }).click();
    await page.getByRole("heading", { name: "Account", exact: true }).waitFor();
    await page.goto("/nothing/here");
    await page.getByText("There is nothing here").waitFor();
    await look(page, "not-found");
  });

  it("C4: the browser never sees a token or a backend address", async () => {
    const page = await person.device();
    const seen: string[] = [];
    const hosts = new Set<string>();
    page.on("request", (request) => hosts.add(new URL(request.url()).origin));
    page.on("response", (answer) => {
      // Cookies that scripts cannot read are where the tokens belong; `headers()` leaves them out.
      seen.push(JSON.stringify(answer.headers()));
      answer.text().then(
        (text) => seen.push(text),
        () => undefined, // A redirect has no body.
      );
    });
    await page.goto("/signup");
    await fillIn(page, person.email, person.password);
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.getByText("Nothing to do yet").waitFor();
    await add(page, "Water the plants");
    await page.getByRole("button", { name: "Assistant" }).click();
    await say(page, "list");
    await page.getByText("- Water the plants").waitFor();
    await send(page.context(), "/api/session", { email: person.email, password: person.password });

    const cookies = await page.context().cookies();
    assert.equal(cookies.length, 2, "a session is two cookies");
    for (const { name, httpOnly, sameSite, value } of cookies) {
      assert.deepEqual(
        { httpOnly, sameSite },
        { httpOnly: true, sameSite: "Lax" },
        `the cookie ${name} must be kept from scripts`,
      );
      seen.forEach((text) => assert.ok(!text.includes(value), `the value of ${name} reached the page`));
    }
    const token = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/;
    assert.ok(
      cookies.some(({ value }) => token.test(value)),
      "the test must know a token when it sees one",
    );
    const kept = String(
      await page.evaluate("JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])"),
    );
    for (const text of [...seen, kept, await page.content()]) {
      assert.doesNotMatch(text, token, "a token reached the page");
      assert.doesNotMatch(text, /todo-backend|svc\.cluster\.local|:8000\b/, "a backend address reached the page");
    }
    assert.deepEqual([...hosts], [stack.url], "the browser must talk to the frontend alone");
  });
});

async function fillIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
}

/** Ticks a box. Not `check`, which looks at the box in the instant before React has drawn it anew. */
async function tick(page: Page, name: string): Promise<void> {
  await page.getByRole("checkbox", { name }).click();
  await page.getByRole("checkbox", { name, checked: true }).waitFor();
}

/** Saves another title in the editor that is open. */
async function rename(page: Page, from: string, to: string): Promise<void> {
  const form = page.getByRole("form", { name: `Edit ${from}` });
  await form.getByLabel("Title").fill(to);
  await form.getByRole("button", { name: "Save" }).click();
}

/** Waits until the list shows exactly these, in this order. */
async function untilTitles(page: Page, expected: string[]): Promise<void> {
  await until(`the list is ${expected.join(", ")}`, async () => (await titles(page)).join("|") === expected.join("|"));
}

/** Says something to the assistant and waits until the answer is complete. */
async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message").fill(text);
  await page.getByRole("button", { name: "Send", disabled: false }).click();
}

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 50; presses += 1) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab never reaches ${name}`);
}

/** The name of the element that has the focus. */
async function focused(page: Page): Promise<string> {
  return String(
    await page.evaluate(`(() => {
      const element = document.activeElement;
      return (element?.getAttribute("aria-label") ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? "").trim();
    })()`),
  );
}
