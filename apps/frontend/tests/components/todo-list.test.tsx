import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Providers } from "@/components/providers";
import { TodoList } from "@/components/todo-list";

interface Todo {
  id: string;
  title: string;
  done: boolean;
}

const milk: Todo = { id: "7a1c0c2e-6f0f-4c2d-9c5b-0f6f0d0c3a11", title: "Buy milk", done: false };

/** A server with these todos in memory; `refuse` makes its next change fail, `status` every answer. */
function serve(todos: Todo[], options: { status?: number; refuse?: boolean } = {}) {
  const answer = (address: string, init: RequestInit = {}): Response => {
    const { method = "GET" } = init;
    const id = address.split("/").at(-1);
    if (address === "/api/session") return new Response(null, { status: 204 });
    if (options.status !== undefined) return Response.json({ detail: "No luck." }, { status: options.status });
    if (method === "GET") return Response.json(todos);
    if (options.refuse) return Response.json({ detail: "Not now." }, { status: 409 });
    const change = JSON.parse(typeof init.body === "string" ? init.body : "{}") as Partial<Todo>;
    if (method === "POST") todos.unshift({ ...milk, id: crypto.randomUUID(), ...change });
    if (method === "PATCH") Object.assign(todos.find((todo) => todo.id === id) ?? {}, change);
    if (method === "DELETE")
      todos.splice(
        todos.findIndex((todo) => todo.id === id),
        1,
      );
    return new Response(null, { status: 204 });
  };
  const fetcher = vi.fn((address: string, init?: RequestInit) => Promise.resolve(answer(address, init)));
  vi.stubGlobal("fetch", fetcher);
  return fetcher;
}

const show = () =>
  render(
    <Providers>
      <TodoList />
    </Providers>,
  );

const assign = vi.fn();

beforeEach(() => {
  assign.mockReset();
  vi.stubGlobal("location", { assign });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

test("says that it loads, then shows the todos", async () => {
  serve([{ ...milk }, { ...milk, id: crypto.randomUUID(), title: "Call Ann", done: true }]);
  show();
  expect(screen.getByRole("status")).toHaveTextContent("Loading your todos");
  expect(await screen.findByRole("checkbox", { name: "Buy milk" })).not.toBeChecked();
  expect(screen.getByRole("checkbox", { name: "Call Ann" })).toBeChecked();
  expect(screen.getByText("1 of 2 open")).toBeVisible();
});

test("an empty list says what to do", async () => {
  serve([]);
  show();
  expect(await screen.findByText("Nothing to do yet")).toBeVisible();
});

test("a list that cannot be loaded can be asked for again", async () => {
  const options: { status?: number } = { status: 400 };
  serve([{ ...milk }], options);
  show();
  expect(await screen.findByRole("alert")).toHaveTextContent("No luck.");
  delete options.status;
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Buy milk")).toBeVisible();
});

test("adds a todo, clears the field and keeps it in focus", async () => {
  serve([]);
  show();
  await userEvent.type(screen.getByLabelText("New todo"), "  Water the plants {Enter}");
  expect(await screen.findByRole("checkbox", { name: "Water the plants" })).toBeInTheDocument();
  expect(screen.getByLabelText("New todo")).toHaveValue("");
  expect(screen.getByLabelText("New todo")).toHaveFocus();
});

test("an empty title is not sent", async () => {
  const fetcher = serve([]);
  show();
  await screen.findByText("Nothing to do yet");
  await userEvent.type(screen.getByLabelText("New todo"), "   {Enter}");
  expect(fetcher).toHaveBeenCalledTimes(1);
});

test("a refused new todo stays in the field", async () => {
  serve([], { refuse: true });
  show();
  await userEvent.type(screen.getByLabelText("New todo"), "Water the plants{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("Not now.");
  expect(screen.getByLabelText("New todo")).toHaveValue("Water the plants");
});

test("ticks and unticks", async () => {
  const todos = [{ ...milk }];
  serve(todos);
  show();
  await userEvent.click(await screen.findByRole("checkbox", { name: "Buy milk" }));
  await waitFor(() => {
    expect(todos[0]?.done).toBe(true);
  });
  expect(screen.getByRole("checkbox", { name: "Buy milk" })).toBeChecked();
});

test("a refused tick is taken back, and said", async () => {
  serve([{ ...milk }], { refuse: true });
  show();
  await userEvent.click(await screen.findByRole("checkbox", { name: "Buy milk" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Not now.");
  expect(screen.getByRole("checkbox", { name: "Buy milk" })).not.toBeChecked();
});

test("deletes", async () => {
  const todos = [{ ...milk }];
  serve(todos);
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Delete Buy milk" }));
  expect(await screen.findByText("Nothing to do yet")).toBeVisible();
  expect(todos).toEqual([]);
});

test("a session that has ended leads to the sign-in page", async () => {
  const fetcher = serve([], { status: 401 });
  show();
  await waitFor(() => {
    expect(assign).toHaveBeenCalledWith("/signin");
  });
  expect(fetcher).toHaveBeenLastCalledWith("/api/session", expect.objectContaining({ method: "DELETE" }));
});
