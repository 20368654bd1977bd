import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test } from "vitest";
import { plainTodo, type Todo } from "@/client/todos/todo";
import { TodoList } from "@/components/list/todo-list";
import { serve } from "../support/fake-server";
import { show } from "../support/show";

const account = "ann@example.com";
let todos: Todo[];
let fetcher: ReturnType<typeof serve>;

beforeEach(() => {
  todos = [];
  fetcher = serve(todos);
});

afterEach(() => {
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
});

async function open() {
  show(<TodoList account={account} />);
  await screen.findByText("Nothing to do yet");
}

/** Leaves the page, and opens it anew. */
function reload() {
  cleanup();
  show(<TodoList account={account} />);
}

/** Waits until the page knows that the server has the todo. */
async function untilAdded() {
  await waitFor(() => {
    expect(screen.getByRole("button", { name: "Delete One" })).toBeEnabled();
  });
}

const type = (text: string) => userEvent.type(screen.getByLabelText("New todo"), text);
const titles = () => todos.map(({ title }) => title);
const isAdd = ([address, init]: Parameters<typeof fetcher>) =>
  address === "/api/backend/todos" && init?.method === "POST";
const sent = () => fetcher.mock.calls.filter(isAdd);

/** Lets the server do what the next new todos say, and answers this instead; `null` is no answer. */
function answerInstead(count: number, answer: (() => Response) | null) {
  const server = fetcher.getMockImplementation();
  let left = count;
  fetcher.mockImplementation(async (address, init) => {
    const answered = (await server?.(address, init)) ?? Response.error();
    if (!isAdd([address, init]) || left-- <= 0) return answered;
    if (answer === null) throw new TypeError("Failed to fetch");
    return answer();
  });
}

const busy = () => Response.json({ detail: "Busy." }, { status: 503, headers: { "retry-after": "1" } });
const tooSlow = () => Response.json({ detail: "The backend took too long." }, { status: 504 });

test.each([
  ["that gets no answer", null],
  ["after whose adding the database went away", busy],
])("a new todo %s is sent again by itself, and is there once", async (_name, answer) => {
  await open();
  answerInstead(1, answer);
  await type("One{Enter}");
  await untilAdded();
  expect([sent().length, titles()]).toEqual([2, ["One"]]);
  expect(screen.getAllByText("One")).toHaveLength(1);
  expect(screen.getByLabelText("New todo")).toHaveValue("");
});

test("a new todo that finds no server waits for one", async () => {
  await open();
  fetcher.mockImplementationOnce(() => Promise.reject(new TypeError("Failed to fetch")));
  await type("One{Enter}");
  expect(await screen.findByText(/The server cannot be reached/)).toBeVisible();
  await waitFor(() => {
    expect(titles()).toEqual(["One"]);
  });
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("a new todo is kept for the next page if this one is closed while the server is busy", async () => {
  await open();
  const server = fetcher.getMockImplementation();
  fetcher.mockImplementation(async (address, init) =>
    isAdd([address, init]) ? busy() : ((await server?.(address, init)) ?? Response.error()),
  );
  await type("One{Enter}");
  await screen.findByText(/The server is busy/);
  if (server) fetcher.mockImplementation(server);
  reload();
  // The page that was left goes on here, as a request does that the browser finishes by itself.
  await waitFor(() => {
    expect(sent()).toHaveLength(3);
  });
  expect(titles()).toEqual(["One"]);
});

test("a new todo that comes back although it was added is the same when it is typed once more", async () => {
  await open();
  answerInstead(1, tooSlow);
  await type("One{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("took too long");
  expect(screen.getByLabelText("New todo")).toHaveValue("One");
  reload();
  await screen.findByRole("button", { name: "Delete One" });
  await waitFor(() => {
    expect(screen.getByLabelText("New todo")).toHaveValue("One");
  });
  await type("{Enter}");
  await waitFor(() => {
    expect(sent()).toHaveLength(2);
  });
  expect(titles()).toEqual(["One"]);
  await type("One{Enter}");
  await waitFor(() => {
    expect(titles()).toEqual(["One", "One"]);
  });
});

test.each([
  ["its text is changed", async () => type(" and two"), ["One and two", "One"]],
  [
    "it is deleted",
    async () => {
      await userEvent.click(await screen.findByRole("button", { name: "Delete One" }));
      await screen.findByText(/^Deleted/);
    },
    ["One"],
  ],
])("a new todo that comes back although it was added is another one once %s", async (_name, change, expected) => {
  await open();
  answerInstead(1, tooSlow);
  await type("One{Enter}");
  await screen.findByRole("alert");
  await change();
  await type("{Enter}");
  await waitFor(() => {
    expect(titles()).toEqual(expected);
  });
});

test("a new todo that a page from before an update has kept gets an id", async () => {
  const todo: Todo = { ...plainTodo("pending-12.5", "One"), pending: true };
  const state = { status: "pending", isPaused: true, variables: { kind: "add", todo, text: "One" } };
  const change = { mutationKey: ["todos", "change"], scope: { id: "todos" }, state };
  const kept = { title: "", drafts: {}, changes: [change] };
  localStorage.setItem(`unsaved ${account} 1-1`, JSON.stringify(kept));
  show(<TodoList account={account} />);
  await waitFor(() => {
    expect(todos).toMatchObject([{ title: "One", id: expect.stringMatching(/^[\da-f-]{36}$/) as string }]);
  });
});

test("a backend of the release before gets no id", async () => {
  await open();
  const server = fetcher.getMockImplementation();
  fetcher.mockImplementation(async (address, init) => {
    const strange = typeof init?.body === "string" && init.body.includes('"id"');
    if (strange) return Response.json({ detail: "body.id: Extra inputs are not permitted" }, { status: 422 });
    return (await server?.(address, init)) ?? Response.error();
  });
  await type("One{Enter}");
  await untilAdded();
  expect(screen.getAllByText("One")).toHaveLength(1);
});
