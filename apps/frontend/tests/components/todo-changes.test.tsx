import { onlineManager } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, onTestFinished, test } from "vitest";
import { TodoList } from "@/components/list/todo-list";
import { milk, serve, todosNamed } from "../support/fake-server";
import { show } from "../support/show";

test("adds a todo, clears the field and keeps it in focus", async () => {
  serve([]);
  show(<TodoList />);
  await screen.findByText("Nothing to do yet");
  await userEvent.type(screen.getByLabelText("New todo"), "  Water the plants {Enter}");
  expect(await screen.findByRole("checkbox", { name: "Water the plants" })).toBeInTheDocument();
  expect(screen.getByLabelText("New todo")).toHaveValue("");
  expect(screen.getByLabelText("New todo")).toHaveFocus();
});

test("a new todo shows before the server has it, and cannot be changed until then", async () => {
  const answered = Promise.withResolvers<undefined>();
  serve([], { hold: answered.promise });
  show(<TodoList />);
  await screen.findByText("Nothing to do yet");
  await userEvent.type(screen.getByLabelText("New todo"), "Water the plants{Enter}");
  expect(screen.getByRole("checkbox", { name: "Water the plants" })).toBeDisabled();
  answered.resolve(undefined);
  await waitFor(() => {
    expect(screen.getByRole("checkbox", { name: "Water the plants" })).toBeEnabled();
  });
});

test("a new todo that the server has can be used before the list is loaded again", async () => {
  const answered = Promise.withResolvers<undefined>();
  const todos = todosNamed("Buy milk");
  serve(todos, { hold: answered.promise });
  show(<TodoList />);
  await screen.findByRole("checkbox", { name: "Buy milk" });
  await userEvent.type(screen.getByLabelText("New todo"), "Water the plants{Enter}");
  // Without a connection there is no reload; what was sent before is still answered.
  onlineManager.setOnline(false);
  onTestFinished(() => {
    onlineManager.setOnline(true);
  });
  answered.resolve(undefined);
  await waitFor(() => {
    expect(screen.getByRole("checkbox", { name: "Water the plants" })).toBeEnabled();
  });
  expect(screen.getAllByRole("checkbox")).toHaveLength(2);
  await userEvent.click(screen.getByRole("checkbox", { name: "Water the plants" }));
  onlineManager.setOnline(true);
  await waitFor(() => {
    expect(todos[0]).toMatchObject({ title: "Water the plants", done: true });
  });
});

test("several todos can be added without waiting, and keep their order", async () => {
  const answered = Promise.withResolvers<undefined>();
  const todos = todosNamed();
  serve(todos, { hold: answered.promise });
  show(<TodoList />);
  await screen.findByText("Nothing to do yet");
  await userEvent.type(screen.getByLabelText("New todo"), "One{Enter}Two{Enter}Three{Enter}");
  answered.resolve(undefined);
  await waitFor(() => {
    expect(todos.map((todo) => todo.title)).toEqual(["Three", "Two", "One"]);
  });
});

test("an empty title is not sent", async () => {
  const fetcher = serve([]);
  show(<TodoList />);
  await screen.findByText("Nothing to do yet");
  await userEvent.type(screen.getByLabelText("New todo"), "   {Enter}");
  expect(fetcher).toHaveBeenCalledTimes(1);
});

test("a refused new todo leaves the list and comes back into the field", async () => {
  serve([], { refuse: true });
  show(<TodoList />);
  await screen.findByText("Nothing to do yet");
  await userEvent.type(screen.getByLabelText("New todo"), "Water the plants{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("Not now.");
  expect(screen.getByLabelText("New todo")).toHaveValue("Water the plants");
  expect(screen.queryByRole("checkbox")).not.toBeInTheDocument();
});

test("ticks", async () => {
  const todos = [{ ...milk }];
  serve(todos);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("checkbox", { name: "Buy milk" }));
  await waitFor(() => {
    expect(todos[0]?.done).toBe(true);
  });
  expect(screen.getByRole("checkbox", { name: "Buy milk" })).toBeChecked();
});

test("a tick shows before the server has it; a refused one is taken back, and said", async () => {
  const answered = Promise.withResolvers<undefined>();
  serve([{ ...milk }], { refuse: true, hold: answered.promise });
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("checkbox", { name: "Buy milk" }));
  expect(screen.getByRole("checkbox", { name: "Buy milk" })).toBeChecked();
  answered.resolve(undefined);
  expect(await screen.findByRole("alert")).toHaveTextContent("Not now.");
  expect(screen.getByRole("checkbox", { name: "Buy milk" })).not.toBeChecked();
});

test("deletes", async () => {
  const todos = [{ ...milk }];
  serve(todos);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Delete Buy milk" }));
  expect(await screen.findByText("Nothing to do yet")).toBeVisible();
  await waitFor(() => {
    expect(todos).toEqual([]);
  });
});

test("a refused delete brings the todo back", async () => {
  serve([{ ...milk }], { refuse: true });
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Delete Buy milk" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("Not now.");
  expect(screen.getByRole("checkbox", { name: "Buy milk" })).toBeInTheDocument();
});

test("a deleted todo can be brought back", async () => {
  const todos = todosNamed("One", "Two");
  serve(todos);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Delete Two" }));
  await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
  expect(await screen.findByRole("checkbox", { name: "Two" })).toBeInTheDocument();
  await waitFor(() => {
    expect(todos.map((todo) => todo.title).sort()).toEqual(["One", "Two"]);
  });
  expect(screen.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
});

test.each([
  ["Enter keeps a new title", "Buy bread{Enter}", "Buy bread"],
  ["Escape does not", "Buy bread{Escape}", "Buy milk"],
])("editing: %s", async (_name, keys, expected) => {
  const todos = [{ ...milk }];
  serve(todos);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Edit Buy milk" }));
  await userEvent.keyboard(keys);
  expect(await screen.findByRole("checkbox", { name: expected })).toBeInTheDocument();
  await waitFor(() => {
    expect(todos[0]?.title).toBe(expected);
  });
});

test("editing sends only what differs, for the version that was seen", async () => {
  const fetcher = serve([{ ...milk, version: 7 }]);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Edit Buy milk" }));
  await userEvent.type(screen.getByLabelText("Notes"), "Two bottles");
  await userEvent.type(screen.getByLabelText("Tags"), "home,  shop , home");
  await userEvent.selectOptions(screen.getByLabelText("Priority"), "High");
  await userEvent.selectOptions(screen.getByLabelText("Repeats"), "Weekly");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => {
    expect(fetcher.mock.calls.some(([, init]) => init?.method === "PATCH")).toBe(true);
  });
  const change = fetcher.mock.calls.find(([, init]) => init?.method === "PATCH")?.[1];
  expect(JSON.parse(change?.body as string)).toEqual({
    notes: "Two bottles",
    tags: ["home", "shop"],
    priority: 3,
    recurrence: "FREQ=WEEKLY",
  });
  expect(change?.headers).toMatchObject({
    "if-match": '"7"',
    "x-time-zone": Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
});

test("an edit that changes nothing is not sent", async () => {
  const fetcher = serve([{ ...milk }]);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Edit Buy milk" }));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(await screen.findByRole("checkbox", { name: "Buy milk" })).toBeInTheDocument();
  expect(fetcher.mock.calls.every(([, init]) => init?.method === "GET")).toBe(true);
});

test("after editing by keys the focus is back where it was", async () => {
  serve([{ ...milk }]);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Edit Buy milk" }));
  await userEvent.keyboard("{Escape}");
  await waitFor(() => {
    expect(screen.getByRole("button", { name: "Edit Buy milk" })).toHaveFocus();
  });
});

test("the arrow keys, Home, End and Delete work on the list", async () => {
  const todos = todosNamed("One", "Two", "Three");
  serve(todos);
  show(<TodoList />);
  const box = (name: string) => screen.getByRole("checkbox", { name });
  (await screen.findByRole("checkbox", { name: "One" })).focus();
  for (const [key, name] of [
    ["{ArrowDown}", "Two"],
    ["{ArrowDown}", "Three"],
    ["{ArrowDown}", "Three"],
    ["{ArrowUp}", "Two"],
    ["{Home}", "One"],
    ["{End}", "Three"],
  ] as const) {
    await userEvent.keyboard(key);
    expect(box(name)).toHaveFocus();
  }
  await userEvent.keyboard("{Delete}");
  await waitFor(() => {
    expect(todos.map((todo) => todo.title)).toEqual(["One", "Two"]);
  });
  expect(box("Two")).toHaveFocus();
});
