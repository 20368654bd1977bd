import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import type { Todo } from "@/client/todos/todo";
import { TodoList } from "@/components/list/todo-list";
import { serve, todosNamed, type Faults } from "../support/fake-server";
import { show } from "../support/show";

let todos: Todo[];

beforeEach(() => {
  todos = todosNamed("One", "Two", "Three");
});

async function select(titles: string[], faults: Faults = {}) {
  const fetcher = serve(todos, faults);
  show(<TodoList />);
  await screen.findByText("One");
  await userEvent.click(screen.getByRole("button", { name: "Select several" }));
  for (const title of titles) await userEvent.click(screen.getByRole("checkbox", { name: `Select ${title}` }));
  return fetcher;
}

const bar = () => within(screen.getByRole("group", { name: "Selected todos" }));

test("completes the selected todos in one request, and stops selecting", async () => {
  const fetcher = await select(["One", "Three"]);
  expect(bar().getByText("2 selected")).toBeVisible();
  await userEvent.click(bar().getByRole("button", { name: "Complete selected" }));
  await waitFor(() => {
    expect(todos.map((todo) => todo.done)).toEqual([true, false, true]);
  });
  expect(screen.getByRole("checkbox", { name: "One" })).toBeChecked();
  expect(screen.getByRole("checkbox", { name: "Two" })).not.toBeChecked();
  expect(fetcher.mock.calls.filter(([, init]) => init?.method === "POST")).toHaveLength(1);
  expect(screen.getByRole("button", { name: "Select several" })).toHaveFocus();
});

test("deletes the selected todos, and brings all of them back", async () => {
  await select(["One", "Three"]);
  await userEvent.click(bar().getByRole("button", { name: "Delete selected" }));
  await waitFor(() => {
    expect(todos.map((todo) => todo.title)).toEqual(["Two"]);
  });
  expect(await screen.findByText("Deleted 2 todos")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Undo" }));
  await waitFor(() => {
    expect(todos.map((todo) => todo.title).sort()).toEqual(["One", "Three", "Two"]);
  });
  expect(await screen.findByRole("checkbox", { name: "Three" })).toBeInTheDocument();
});

test.each(["Complete selected", "Delete selected"])(
  "%s shows at once; if it is refused, that is taken back and said",
  async (button) => {
    const answered = Promise.withResolvers<undefined>();
    await select(["One"], { refuse: true, hold: answered.promise });
    await userEvent.click(bar().getByRole("button", { name: button }));
    const before = screen.queryByRole<HTMLInputElement>("checkbox", { name: "One" });
    expect(before?.checked ?? "gone").toBe(button === "Complete selected" ? true : "gone");
    answered.resolve(undefined);
    expect(await screen.findByRole("alert")).toHaveTextContent("Not now.");
    expect(screen.getByRole("checkbox", { name: "One" })).not.toBeChecked();
  },
);

test("selects all shown todos, and none, and says when only some are", async () => {
  await select(["Two"]);
  const all = () => bar().getByRole("checkbox", { name: "Select all shown" });
  expect(all()).toBePartiallyChecked();
  await userEvent.click(all());
  expect(bar().getByText("3 selected")).toBeVisible();
  expect(screen.getByRole("checkbox", { name: "Select Three" })).toBeChecked();
  await userEvent.click(all());
  expect(bar().getByText("0 selected")).toBeVisible();
  expect(bar().getByRole("button", { name: "Delete selected" })).toBeDisabled();
});

test("what a filter hides is not touched, though it was selected", async () => {
  await select(["One", "Two"]);
  await userEvent.type(screen.getByLabelText("Search"), "Two");
  expect(await bar().findByText("1 selected")).toBeVisible();
  await userEvent.click(bar().getByRole("button", { name: "Complete selected" }));
  await waitFor(() => {
    expect(todos.map((todo) => todo.done)).toEqual([false, true, false]);
  });
});

test("works by keys alone, and Escape stops it without a change", async () => {
  const fetcher = await select([]);
  screen.getByRole("checkbox", { name: "Select One" }).focus();
  await userEvent.keyboard(" {ArrowDown} {Delete}");
  expect(bar().getByText("2 selected")).toBeVisible();
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("group", { name: "Selected todos" })).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Select several" })).toHaveFocus();
  expect(fetcher.mock.calls.every(([, init]) => init?.method === "GET")).toBe(true);
});

describe("changes of many", () => {
  const change = () => userEvent.click(bar().getByRole("button", { name: "Change selected" }));
  const apply = (button: string) => userEvent.click(bar().getByRole("button", { name: button }));
  const details = () =>
    todos.map(({ due_date, due_time, priority, tags }) => [due_date, due_time, priority, tags.join()].join(" "));

  test("set date, priority and tags of all, and are undone for each as it was", async () => {
    Object.assign(todos[0] ?? {}, { due_date: "2030-01-01", due_time: "09:00", priority: 1, tags: ["home", "old"] });
    Object.assign(todos[1] ?? {}, { tags: ["new"] });
    const before = details();
    const fetcher = await select(["One", "Two"]);
    await change();
    await userEvent.selectOptions(bar().getByLabelText("Due date"), "On a day");
    await userEvent.type(bar().getByLabelText("Day"), "2031-05-01");
    await userEvent.selectOptions(bar().getByLabelText("Priority"), "High");
    await userEvent.type(bar().getByLabelText("Add tags"), "new, other");
    await userEvent.type(bar().getByLabelText("Take tags away"), "old");
    await apply("Change 2 todos");
    await waitFor(() => {
      expect(details()).toEqual(["2031-05-01 09:00 3 home,new,other", "2031-05-01  3 new,other", "  0 "]);
    });
    expect(fetcher.mock.calls.filter(([, init]) => init?.method === "POST")).toHaveLength(1);
    expect(await screen.findByText("Changed 2 todos")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => {
      expect(details()).toEqual(before);
    });
  });

  test("take the date away, and leave everything else", async () => {
    Object.assign(todos[0] ?? {}, { due_date: "2030-01-01", priority: 1, tags: ["home"] });
    await select(["One"]);
    await change();
    await userEvent.selectOptions(bar().getByLabelText("Due date"), "None");
    await apply("Change 1 todo");
    await waitFor(() => {
      expect(details()[0]).toBe("  1 home");
    });
  });

  test("say so if some todos do not take them", async () => {
    Object.assign(todos[0] ?? {}, { tags: Array.from({ length: 20 }, (_, index) => `tag ${index}`) });
    await select(["One", "Two"]);
    await change();
    await userEvent.type(bar().getByLabelText("Add tags"), "one more");
    await apply("Change 2 todos");
    expect(await screen.findByRole("alert")).toHaveTextContent(
      "1 of 2 todos did not change. A todo has at most 20 tags.",
    );
  });
});
