import { focusManager, onlineManager } from "@tanstack/react-query";
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Todo } from "@/client/todos/todo";
import { Header } from "@/components/page/header";
import { TodoList } from "@/components/list/todo-list";
import { milk, serve, todosNamed, type Faults } from "../support/fake-server";
import { show } from "../support/show";

const account = "ann@example.com";
let todos: Todo[];
let faults: Faults;
let fetcher: ReturnType<typeof serve>;

beforeEach(() => {
  // Lists are asked for again only after a while.
  vi.useFakeTimers({ toFake: ["Date"] });
  todos = [{ ...milk }];
  faults = {};
  fetcher = serve(todos, faults);
});

afterEach(() => {
  // A page that is left keeps what is unsaved in it.
  cleanup();
  vi.useRealTimers();
  focusManager.setFocused(undefined);
  onlineManager.setOnline(true);
  localStorage.clear();
  sessionStorage.clear();
});

async function edit(title = "Buy milk") {
  await userEvent.click(await screen.findByRole("button", { name: `Edit ${title}` }));
}

async function retitle(title: string) {
  await userEvent.clear(screen.getByLabelText("Title"));
  await userEvent.type(screen.getByLabelText("Title"), title);
}

const save = () => userEvent.click(screen.getByRole("button", { name: "Save" }));
const card = () => screen.queryByRole("region", { name: "Changed elsewhere" });
const patches = () => fetcher.mock.calls.filter(([, init]) => init?.method === "PATCH");

/** Looks away and back, which loads the list again, until the page has what was changed elsewhere meanwhile. */
async function lookAway(elsewhere: Partial<Todo>) {
  Object.assign(todos[0] ?? {}, elsewhere, { version: (todos[0]?.version ?? 0) + 1 });
  const asked = fetcher.mock.calls.length;
  vi.setSystemTime(Date.now() + 60_000);
  focusManager.setFocused(false);
  focusManager.setFocused(true);
  await waitFor(() => {
    expect(fetcher.mock.calls.length).toBeGreaterThan(asked);
  });
  await new Promise((passed) => setTimeout(passed, 20));
}

/** Leaves the page, and opens it anew. */
function reload() {
  cleanup();
  show(<TodoList account={account} />);
}

describe("a todo that is changed elsewhere while its form is open", () => {
  test("keeps the form, the typed text and the focus when the list is loaded again", async () => {
    show(<TodoList />);
    await edit();
    await userEvent.type(screen.getByLabelText("Notes"), "Two bottles");
    await lookAway({ title: "Buy soy milk", notes: "One bottle" });
    expect(screen.getByLabelText("Notes")).toHaveFocus();
    await userEvent.keyboard(" of it");
    expect(screen.getByLabelText("Notes")).toHaveValue("Two bottles of it");
    expect(screen.getByLabelText("Title")).toHaveValue("Buy milk");
  });

  test("is not reverted: a change of another field stays, without a question", async () => {
    show(<TodoList />);
    await edit();
    await lookAway({ title: "Buy soy milk", tags: ["shop"] });
    await userEvent.type(screen.getByLabelText("Notes"), "Two bottles");
    await save();
    await waitFor(() => {
      expect(todos).toMatchObject([{ title: "Buy soy milk", tags: ["shop"], notes: "Two bottles" }]);
    });
    expect(card()).not.toBeInTheDocument();
  });

  test("asks if the same field was changed", async () => {
    show(<TodoList />);
    await edit();
    await retitle("Buy oat milk");
    await lookAway({ title: "Buy soy milk" });
    await save();
    await waitFor(() => {
      expect(card()).toBeVisible();
    });
    expect(todos[0]?.title).toBe("Buy soy milk");
  });

  test("does not ask if both made the same change", async () => {
    show(<TodoList />);
    await edit();
    await retitle("Buy oat milk");
    await lookAway({ title: "Buy oat milk" });
    await save();
    expect(await screen.findByRole("checkbox", { name: "Buy oat milk" })).toBeVisible();
    expect(card()).not.toBeInTheDocument();
  });
});

describe("one's own changes are not taken for somebody else's", () => {
  test("two quick edits of the same field", async () => {
    const answered = Promise.withResolvers<undefined>();
    faults.hold = answered.promise;
    show(<TodoList />);
    for (const [from, to] of [
      ["Buy milk", "Buy oat milk"],
      ["Buy oat milk", "Buy soy milk"],
    ] as const) {
      await edit(from);
      await retitle(to);
      await save();
    }
    answered.resolve(undefined);
    await waitFor(() => {
      expect(todos[0]?.title).toBe("Buy soy milk");
    });
    expect(card()).not.toBeInTheDocument();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  test("a tick and an edit without a connection", async () => {
    show(<TodoList />);
    await screen.findByText("Buy milk");
    onlineManager.setOnline(false);
    await userEvent.click(screen.getByRole("checkbox", { name: "Buy milk" }));
    await edit();
    await retitle("Buy oat milk");
    await save();
    await edit("Buy oat milk");
    await retitle("Buy soy milk");
    await save();
    onlineManager.setOnline(true);
    await waitFor(() => {
      expect(todos).toMatchObject([{ title: "Buy soy milk", done: true }]);
    });
    expect(card()).not.toBeInTheDocument();
  });
});

describe("what was typed is kept", () => {
  test.each([503, 422, 404])("when the save is refused: %i", async (status) => {
    show(<TodoList />);
    await edit();
    await retitle("Buy oat milk");
    await userEvent.type(screen.getByLabelText("Tags"), "a".repeat(41));
    fetcher.mockImplementationOnce(() => Promise.resolve(Response.json({ detail: "No luck." }, { status })));
    await save();
    expect(await screen.findByRole("alert")).toHaveTextContent(status === 404 ? "deleted elsewhere" : "No luck.");
    expect(screen.getByLabelText("Title")).toHaveValue("Buy oat milk");
    expect(screen.getByLabelText("Tags")).toHaveValue("a".repeat(41));
    await save();
    await waitFor(() => {
      expect(todos).toMatchObject([{ title: "Buy oat milk", tags: ["a".repeat(41)] }]);
    });
    expect(screen.queryByLabelText("Title")).not.toBeInTheDocument();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  test("when the save is refused after the form was opened again and left", async () => {
    const answered = Promise.withResolvers<undefined>();
    Object.assign(faults, { refuse: true, hold: answered.promise });
    show(<TodoList />);
    await edit();
    await retitle("Buy oat milk");
    await save();
    await edit("Buy oat milk");
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    answered.resolve(undefined);
    expect(await screen.findByRole("alert")).toHaveTextContent("Not now.");
    expect(screen.getByLabelText("Title")).toHaveValue("Buy oat milk");
  });

  test("when a filter takes the todo away, with the focus", async () => {
    window.history.replaceState(null, "", "/?show=open");
    show(<TodoList />);
    await edit();
    await userEvent.type(screen.getByLabelText("Notes"), "Two bottles");
    await lookAway({ done: true });
    await waitFor(() => {
      expect(screen.getByRole("form", { name: "Edit Buy milk" })).toBeVisible();
    });
    expect(screen.getByLabelText("Notes")).toHaveFocus();
    await userEvent.keyboard(" of it{Tab}");
    await save();
    await waitFor(() => {
      expect(todos).toMatchObject([{ notes: "Two bottles of it", done: true }]);
    });
    expect(await screen.findByText("All done")).toBeVisible();
  });

  test("over a reload, and takes the focus from nobody", async () => {
    show(<TodoList account={account} />);
    await edit();
    await retitle("Buy oat milk");
    await userEvent.type(screen.getByLabelText("New todo"), "Call Ann");
    reload();
    expect(await screen.findByLabelText("Title")).toHaveValue("Buy oat milk");
    expect(screen.getByLabelText("New todo")).toHaveValue("Call Ann");
    expect(document.body).toHaveFocus();
    await save();
    await waitFor(() => {
      expect(todos[0]?.title).toBe("Buy oat milk");
    });
    await waitFor(() => {
      expect(JSON.stringify(Object.entries(localStorage))).not.toContain("oat");
    });
  });

  test("over a reload together with the version that it was typed for", async () => {
    show(<TodoList account={account} />);
    await edit();
    await retitle("Buy oat milk");
    Object.assign(todos[0] ?? {}, { title: "Buy soy milk", version: 2 });
    reload();
    await screen.findByLabelText("Title");
    await save();
    await waitFor(() => {
      expect(card()).toBeVisible();
    });
    reload();
    await waitFor(() => {
      expect(card()).toBeVisible();
    });
    await userEvent.click(within(card() ?? document.body).getByRole("button", { name: "Save mine" }));
    await waitFor(() => {
      expect(todos[0]?.title).toBe("Buy oat milk");
    });
  });

  test("over an update that brings new fields", async () => {
    show(<TodoList account={account} />);
    await edit();
    await retitle("Buy oat milk");
    cleanup();
    for (const [key, kept] of Object.entries(localStorage)) {
      localStorage.setItem(key, String(kept).replaceAll('"time":"",', "").replaceAll('"days":"3",', ""));
    }
    show(<TodoList account={account} />);
    await screen.findByLabelText("Title");
    await save();
    await waitFor(() => {
      expect(todos[0]?.title).toBe("Buy oat milk");
    });
  });

  test("for each account apart, and not when it is given up", async () => {
    show(<TodoList account={account} />);
    await edit();
    await retitle("Buy oat milk");
    cleanup();
    show(<TodoList account="ben@example.com" />);
    await screen.findByText("Buy milk");
    expect(screen.queryByLabelText("Title")).not.toBeInTheDocument();
    reload();
    await screen.findByLabelText("Title");
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    reload();
    await screen.findByText("Buy milk");
    expect(screen.queryByLabelText("Title")).not.toBeInTheDocument();
  });

  test("when a new todo is refused while another is typed", async () => {
    const answered = Promise.withResolvers<undefined>();
    Object.assign(faults, { refuse: true, hold: answered.promise });
    show(<TodoList />);
    await screen.findByText("Buy milk");
    await userEvent.type(screen.getByLabelText("New todo"), "One{Enter}Two{Enter}Thr");
    answered.resolve(undefined);
    await waitFor(() => {
      for (const typed of ["One", "Two", "Thr"]) {
        expect(screen.getByLabelText<HTMLInputElement>("New todo").value).toContain(typed);
      }
    });
  });

  test("when Escape or Enter only ends the composition of a letter", async () => {
    show(<TodoList />);
    await edit();
    await retitle("牛乳");
    fireEvent.keyDown(screen.getByLabelText("Title"), { key: "Escape", isComposing: true });
    fireEvent.keyDown(screen.getByLabelText("Title"), { key: "Escape", keyCode: 229 });
    expect(screen.getByLabelText("Title")).toHaveValue("牛乳");
    fireEvent.keyDown(screen.getByLabelText("Title"), { key: "Escape" });
    await waitFor(() => {
      expect(screen.queryByLabelText("Title")).not.toBeInTheDocument();
    });
  });
});

describe("changes made without a connection", () => {
  test("are sent after a reload, once and in order", async () => {
    todos.push(...todosNamed("Sweep"));
    show(<TodoList account={account} />);
    await screen.findByText("Buy milk");
    onlineManager.setOnline(false);
    await userEvent.type(screen.getByLabelText("New todo"), "One{Enter}Two{Enter}");
    await userEvent.click(screen.getByRole("checkbox", { name: "Buy milk" }));
    await userEvent.click(screen.getByRole("button", { name: "Delete Sweep" }));
    await edit();
    await retitle("Buy oat milk");
    await save();
    expect(fetcher.mock.calls.every(([, init]) => init?.method === "GET")).toBe(true);
    cleanup();
    onlineManager.setOnline(true);
    show(<TodoList account={account} />);
    await waitFor(() => {
      expect(todos.map(({ title, done }) => [title, done])).toEqual([
        ["Two", false],
        ["One", false],
        ["Buy oat milk", true],
      ]);
    });
    await waitFor(() => {
      expect(localStorage).toHaveLength(0);
    });
    reload();
    expect(await screen.findAllByRole("checkbox")).toHaveLength(3);
    expect(todos).toHaveLength(3);
  });

  test("are shown after a reload, also by a list that was asked for before they arrived", async () => {
    show(<TodoList account={account} />);
    await screen.findByText("Buy milk");
    onlineManager.setOnline(false);
    await edit();
    await retitle("Buy oat milk");
    await save();
    cleanup();
    onlineManager.setOnline(true);
    const answered = Promise.withResolvers();
    faults.late = answered.promise;
    show(<TodoList account={account} />);
    await waitFor(() => {
      expect(todos[0]?.title).toBe("Buy oat milk");
    });
    delete faults.late;
    answered.resolve(undefined);
    expect(await screen.findByText("Buy oat milk")).toBeVisible();
  });

  test("show a conflict after a reload too", async () => {
    show(<TodoList account={account} />);
    await screen.findByText("Buy milk");
    onlineManager.setOnline(false);
    await edit();
    await retitle("Buy oat milk");
    await save();
    cleanup();
    Object.assign(todos[0] ?? {}, { title: "Buy soy milk", version: 2 });
    onlineManager.setOnline(true);
    show(<TodoList account={account} />);
    await waitFor(() => {
      expect(card()).toBeVisible();
    });
    expect(screen.getByText("Buy oat milk", { selector: "td" })).toBeVisible();
  });

  test("wait for the next sign-in if the session has ended meanwhile", async () => {
    show(<TodoList account={account} />);
    await screen.findByText("Buy milk");
    faults.status = 401;
    await userEvent.click(screen.getByRole("checkbox", { name: "Buy milk" }));
    await waitFor(() => {
      expect(fetcher).toHaveBeenCalledWith("/api/session", expect.objectContaining({ method: "DELETE" }));
    });
    cleanup();
    delete faults.status;
    show(<TodoList account={account} />);
    await waitFor(() => {
      expect(todos[0]?.done).toBe(true);
    });
  });
});

test("a new todo that waited for the next sign-in is there once, also if the page is left while it is sent", async () => {
  show(<TodoList account={account} />);
  await screen.findByText("Buy milk");
  faults.status = 401;
  await userEvent.type(screen.getByLabelText("New todo"), "One{Enter}");
  await waitFor(() => {
    expect(fetcher).toHaveBeenCalledWith("/api/session", expect.objectContaining({ method: "DELETE" }));
  });
  cleanup();
  delete faults.status;
  const answered = Promise.withResolvers<undefined>();
  faults.hold = answered.promise;
  const posted = () =>
    fetcher.mock.calls.filter(([address, init]) => address === "/api/backend/todos" && init?.method === "POST").length;
  show(<TodoList account={account} />);
  await waitFor(() => {
    expect(posted()).toBe(2);
  });
  reload();
  await screen.findByText("Buy milk");
  answered.resolve(undefined);
  await waitFor(() => {
    expect(posted()).toBe(3);
  });
  await screen.findByRole("button", { name: "Delete One" });
  expect(todos.filter(({ title }) => title === "One")).toHaveLength(1);
});

test("a new todo is sent by the next page if the page is left while its text is still being read", async () => {
  show(<TodoList account={account} />);
  await screen.findByText("Buy milk");
  const answer = fetcher.getMockImplementation();
  fetcher.mockImplementation((address, init) =>
    address.endsWith("/parse")
      ? new Promise(() => undefined)
      : (answer?.(address, init) ?? Promise.reject(new Error())),
  );
  await userEvent.type(screen.getByLabelText("New todo"), "One{Enter}");
  await screen.findByText("One");
  if (answer) fetcher.mockImplementation(answer);
  reload();
  await waitFor(() => {
    expect(todos.map(({ title }) => title)).toContain("One");
  });
});

test("a busy server is asked again when it says, and the page says so", async () => {
  show(<TodoList />);
  await screen.findByText("Buy milk");
  const busy = () =>
    Promise.resolve(Response.json({ detail: "Busy." }, { status: 503, headers: { "retry-after": "1" } }));
  fetcher.mockImplementationOnce(busy);
  await userEvent.click(screen.getByRole("checkbox", { name: "Buy milk" }));
  expect(await screen.findByText(/The server is busy/)).toBeVisible();
  expect(screen.getByRole("checkbox", { name: "Buy milk" })).toBeChecked();
  await waitFor(() => {
    expect(todos[0]?.done).toBe(true);
  });
  expect(patches()).toHaveLength(2);
  await waitFor(() => {
    expect(screen.queryByText(/The server is busy/)).not.toBeInTheDocument();
  });
});

test("changes made without a connection stay if the first try after it fails, and the page says so", async () => {
  todos.push(...todosNamed("Sweep"));
  show(<TodoList />);
  await screen.findByText("Buy milk");
  onlineManager.setOnline(false);
  await userEvent.click(screen.getByRole("checkbox", { name: "Buy milk" }));
  await userEvent.click(screen.getByRole("button", { name: "Delete Sweep" }));
  const away = () => Promise.reject(new TypeError("Failed to fetch"));
  fetcher.mockImplementationOnce(away);
  onlineManager.setOnline(true);
  expect(await screen.findByText(/The server cannot be reached/, { selector: "[role=status]" })).toBeVisible();
  expect(screen.getByRole("checkbox", { name: "Buy milk" })).toBeChecked();
  await waitFor(() => {
    expect(todos).toMatchObject([{ title: "Buy milk", done: true }]);
  });
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("a change that has waited long for a server waits for a busy one too", async () => {
  show(<TodoList />);
  await screen.findByText("Buy milk");
  vi.useFakeTimers({ toFake: ["Date", "setTimeout"] });
  for (let count = 1; count <= 7; count += 1) {
    fetcher.mockImplementationOnce(() => Promise.reject(new TypeError("Failed to fetch")));
  }
  const busy = { status: 503, headers: { "retry-after": "1" } };
  fetcher.mockImplementationOnce(() => Promise.resolve(Response.json({ detail: "Busy." }, busy)));
  fireEvent.click(screen.getByRole("checkbox", { name: "Buy milk" }));
  for (let count = 1; count <= 9; count += 1) await vi.advanceTimersByTimeAsync(6000);
  expect(todos[0]?.done).toBe(true);
  expect(patches()).toHaveLength(9);
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("a refusal names the fields as the form does", async () => {
  show(<TodoList />);
  await edit();
  await userEvent.type(screen.getByLabelText("Tags"), "x");
  const errors = [{ field: "body.tags.0", message: "String should have at most 40 characters" }];
  const answer = Response.json({ detail: "body.tags.0: String should …", errors }, { status: 422 });
  fetcher.mockImplementationOnce(() => Promise.resolve(answer));
  await save();
  expect(await screen.findByText("Tags: should have at most 40 characters.")).toBeVisible();
});

describe("a change whose answer is cut off, as when the page is left", () => {
  /**
   * Lets the server do what the next change of this method says, and the connection end in the middle of its answer.
   */
  const cutOffNext = (method: string) => {
    const answer = fetcher.getMockImplementation();
    fetcher.mockImplementation(async (address, init) => {
      const whole = (await answer?.(address, init)) ?? Response.error();
      if (init?.method !== method || address.endsWith("/parse")) return whole;
      if (answer !== undefined) fetcher.mockImplementation(answer);
      const start = (stream: ReadableStreamDefaultController) => {
        stream.error(new TypeError("Failed to fetch"));
      };
      return new Response(new ReadableStream({ start }), { status: whole.status });
    });
  };

  test("is sent again, and is no refusal", async () => {
    show(<TodoList />);
    await screen.findByText("Buy milk");
    vi.useFakeTimers({ toFake: ["Date", "setTimeout"] });
    cutOffNext("PATCH");
    fireEvent.click(screen.getByRole("checkbox", { name: "Buy milk" }));
    await vi.advanceTimersByTimeAsync(6000);
    expect(patches().length).toBeGreaterThan(1);
    expect(todos[0]?.done).toBe(true);
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  test("has made a new todo, which is there once and not in the field", async () => {
    show(<TodoList />);
    await screen.findByText("Buy milk");
    cutOffNext("POST");
    await userEvent.type(screen.getByLabelText("New todo"), "One{Enter}");
    await waitFor(() => {
      expect(screen.getByRole("button", { name: "Delete One" })).toBeEnabled();
    });
    expect(todos.filter(({ title }) => title === "One")).toHaveLength(1);
    expect(screen.getAllByText("One")).toHaveLength(1);
    expect(screen.getByLabelText("New todo")).toHaveValue("");
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });
});

describe("with two pages open", () => {
  /** Stands in for the browser's locks, which end with the page that holds them. */
  class Locks {
    readonly #holders = new Map<string, string>();
    readonly #waiting: (() => void)[] = [];
    page = "";

    request = (name: string, options: LockOptions | (() => unknown), given?: (lock: unknown) => unknown) => {
      const then = typeof options === "function" ? options : given;
      const attempt = () => {
        if (!this.#holders.has(name)) {
          this.#holders.set(name, this.page);
          if (!(then?.({}) instanceof Promise)) this.#holders.delete(name);
        } else if ("ifAvailable" in options && options.ifAvailable) then?.(null);
        else this.#waiting.push(attempt);
      };
      attempt();
      return Promise.resolve();
    };

    end(page: string) {
      for (const [name, holder] of this.#holders) if (holder === page) this.#holders.delete(name);
      for (const attempt of this.#waiting.splice(0)) attempt();
    }
  }

  let locks: Locks;

  beforeEach(() => {
    locks = new Locks();
    Object.defineProperty(navigator, "locks", { value: locks, configurable: true });
  });

  afterEach(() => {
    Reflect.deleteProperty(navigator, "locks");
  });

  function open(page: string, tab: string | null) {
    locks.page = page;
    if (tab === null) sessionStorage.clear();
    else sessionStorage.setItem("unsaved", tab);
    const shown = show(<TodoList account={account} />);
    return { ...within(shown.container), close: shown.unmount, tab: sessionStorage.getItem("unsaved") };
  }

  test("one leaves the other's text alone; a reload and, once it is closed, a later page have it", async () => {
    const first = open("first", null);
    await userEvent.click(await first.findByRole("button", { name: "Edit Buy milk" }));
    await userEvent.type(first.getByLabelText("Notes"), "Two bottles");
    const second = open("second", null);
    await second.findByText("Buy milk");
    expect(second.queryByLabelText("Notes")).not.toBeInTheDocument();

    first.close();
    const reloaded = open("reloaded", first.tab);
    await reloaded.findByText("Buy milk");
    expect(reloaded.queryByLabelText("Notes")).not.toBeInTheDocument();
    locks.end("first");
    expect(await reloaded.findByLabelText("Notes")).toHaveValue("Two bottles");
    expect(second.queryByLabelText("Notes")).not.toBeInTheDocument();

    reloaded.close();
    locks.end("reloaded");
    const later = open("later", null);
    expect(await later.findByLabelText("Notes")).toHaveValue("Two bottles");
  });

  test("one that was open all the time has what the other left as soon as somebody looks at it", async () => {
    const first = open("first", null);
    await userEvent.click(await first.findByRole("button", { name: "Edit Buy milk" }));
    await userEvent.type(first.getByLabelText("Notes"), "Two bottles");
    // All pages of this file share one window, and those of tests before must not be looked at.
    const listen = vi.spyOn(window, "addEventListener");
    const second = open("second", null);
    const lookedAt = listen.mock.calls.flatMap(([type, then]) => (type === "focus" ? [then as () => void] : []));
    listen.mockRestore();
    await second.findByText("Buy milk");
    // By then a page has looked by itself for what others have left.
    await new Promise((passed) => setTimeout(passed, 1100));

    first.close();
    locks.end("first");
    expect(second.queryByLabelText("Notes")).not.toBeInTheDocument();
    for (const look of lookedAt) look();
    expect(await second.findByLabelText("Notes")).toHaveValue("Two bottles");
  });

  test("what was typed in both is kept when both are closed", async () => {
    for (const [page, title, notes] of [
      ["first", "Call Ann", "One bottle"],
      ["second", "Call Ben", "Two bottles"],
    ] as const) {
      const typed = open(page, null);
      await userEvent.type(await typed.findByLabelText("New todo"), title);
      await userEvent.click(await typed.findByRole("button", { name: "Edit Buy milk" }));
      await userEvent.type(typed.getByLabelText("Notes"), notes);
      typed.close();
    }
    locks.end("first");
    locks.end("second");
    const seen: string[] = [];
    for (const name of ["later", "last"]) {
      const page = open(name, null);
      if (name === "later") {
        expect(await page.findByLabelText("New todo")).toHaveValue("Call Ann, Call Ben");
      }
      seen.push((await page.findByLabelText<HTMLTextAreaElement>("Notes")).value);
      await userEvent.click(page.getByRole("button", { name: "Cancel" }));
      page.close();
      locks.end(name);
    }
    expect(seen.sort()).toEqual(["One bottle", "Two bottles"]);
  });
});

describe("signing out", () => {
  const page = (
    <>
      <Header email={account} />
      <TodoList account={account} />
    </>
  );
  const signedOut = () => fetcher.mock.calls.some(([address]) => address === "/api/session");

  test("asks while something is unsaved, and then forgets it", async () => {
    show(page);
    await edit();
    await retitle("Buy oat milk");
    await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
    expect(screen.getByRole("alert")).toHaveTextContent("not saved yet");
    await userEvent.click(screen.getByRole("button", { name: "Stay" }));
    expect([signedOut(), screen.queryByRole("alert")]).toEqual([false, null]);
    await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
    await userEvent.click(screen.getByRole("button", { name: "Sign out and lose it" }));
    await waitFor(() => {
      expect([signedOut(), localStorage.length]).toEqual([true, 0]);
    });
  });

  test("ends the other open pages of the account: they send nothing more and keep nothing", async () => {
    const answered = Promise.withResolvers<undefined>();
    faults.hold = answered.promise;
    todos.push(...todosNamed("Sweep"));
    show(<TodoList account={account} />);
    await screen.findByText("Buy milk");
    await userEvent.click(screen.getByRole("checkbox", { name: "Buy milk" }));
    await userEvent.click(screen.getByRole("checkbox", { name: "Sweep" }));
    const stored = vi.spyOn(Storage.prototype, "setItem");
    onTestFinished(() => {
      stored.mockRestore();
    });
    show(<Header email={account} />);
    await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
    await userEvent.click(screen.getByRole("button", { name: "Sign out and lose it" }));
    await waitFor(() => {
      expect(localStorage).toHaveLength(0);
    });
    // A browser tells all pages but the one that stored it.
    for (const [key, newValue] of stored.mock.calls)
      window.dispatchEvent(new StorageEvent("storage", { key, newValue }));
    answered.resolve(undefined);
    await waitFor(() => {
      expect(todos[0]?.done).toBe(true);
    });
    await new Promise((passed) => setTimeout(passed, 50));
    expect(patches()).toHaveLength(1);
    expect(localStorage).toHaveLength(0);
  });

  test("asks nothing else", async () => {
    show(page);
    await screen.findByText("Buy milk");
    await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
    await waitFor(() => {
      expect(signedOut()).toBe(true);
    });
  });
});
