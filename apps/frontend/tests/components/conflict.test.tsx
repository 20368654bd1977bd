import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import type { Todo } from "@/client/todos/todo";
import { TodoList } from "@/components/list/todo-list";
import { milk, serve } from "../support/fake-server";
import { show } from "../support/show";

let todos: Todo[];

beforeEach(() => {
  todos = [{ ...milk }];
});

/** Edits title and notes while the same todo is changed elsewhere. */
async function editWhileChanged(elsewhere: Partial<Todo>) {
  const fetcher = serve(todos);
  show(<TodoList />);
  await userEvent.click(await screen.findByRole("button", { name: "Edit Buy milk" }));
  await userEvent.clear(screen.getByLabelText("Title"));
  await userEvent.type(screen.getByLabelText("Title"), "Buy oat milk");
  Object.assign(todos[0] ?? {}, elsewhere, { version: 2 });
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  return { fetcher, card: within(await screen.findByRole("region", { name: "Changed elsewhere" })) };
}

test("an edit that crossed with another shows both, and changes nothing yet", async () => {
  const { card } = await editWhileChanged({ title: "Buy soy milk", tags: ["shop"] });
  const rows = card.getAllByRole("row").map((row) => row.textContent);
  expect(rows).toEqual(["YoursTheirs", "TitleBuy oat milkBuy soy milk", "TagsNoneshop"]);
  expect(todos).toMatchObject([{ title: "Buy soy milk", version: 2 }]);
  expect(screen.queryByText("That change was not saved")).not.toBeInTheDocument();
});

test("mine can be saved: it replaces only what I changed", async () => {
  const { card, fetcher } = await editWhileChanged({ title: "Buy soy milk", tags: ["shop"] });
  await userEvent.click(card.getByRole("button", { name: "Save mine" }));
  await waitFor(() => {
    expect(todos).toMatchObject([{ title: "Buy oat milk", tags: ["shop"], version: 3 }]);
  });
  const last = fetcher.mock.calls.findLast(([, init]) => init?.method === "PATCH")?.[1];
  expect(last?.headers).toMatchObject({ "if-match": '"2"' });
  expect(await screen.findByRole("checkbox", { name: "Buy oat milk" })).toBeInTheDocument();
  expect(screen.queryByRole("region", { name: "Changed elsewhere" })).not.toBeInTheDocument();
});

test("theirs can be kept", async () => {
  const { card } = await editWhileChanged({ title: "Buy soy milk" });
  await userEvent.click(card.getByRole("button", { name: "Keep theirs" }));
  expect(screen.queryByRole("region", { name: "Changed elsewhere" })).not.toBeInTheDocument();
  expect(await screen.findByRole("checkbox", { name: "Buy soy milk" })).toBeInTheDocument();
  expect(todos).toMatchObject([{ title: "Buy soy milk", version: 2 }]);
});

test("what I typed stays, even if their change takes the todo out of the list", async () => {
  window.history.replaceState(null, "", "/?show=open");
  const { card } = await editWhileChanged({ title: "Buy soy milk", done: true });
  await waitFor(() => {
    expect(screen.queryByRole("checkbox")).not.toBeInTheDocument();
  });
  expect(card.getByText("Buy oat milk")).toBeVisible();
});

test("a choice that is overtaken by yet another change is asked again", async () => {
  const { card } = await editWhileChanged({ title: "Buy soy milk" });
  Object.assign(todos[0] ?? {}, { title: "Buy rice milk", version: 5 });
  await userEvent.click(card.getByRole("button", { name: "Save mine" }));
  expect(await screen.findByText("Buy rice milk", { selector: "td" })).toBeVisible();
  expect(todos).toMatchObject([{ title: "Buy rice milk" }]);
});

test("what I typed stays when the todo's form is asked for before the choice", async () => {
  const { card } = await editWhileChanged({ title: "Buy soy milk" });
  await userEvent.click(await screen.findByRole("button", { name: "Edit Buy soy milk" }));
  expect(card.getByText("Buy oat milk")).toBeVisible();
});
