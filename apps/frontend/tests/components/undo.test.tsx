import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import type { Todo } from "@/client/todos/todo";
import { TodoList } from "@/components/list/todo-list";
import { serve, todosNamed } from "../support/fake-server";
import { show } from "../support/show";

let todos: Todo[];

beforeEach(async () => {
  todos = todosNamed("One", "Two", "Three");
  serve(todos);
  show(<TodoList />);
  await screen.findByText("One");
});

const undoButton = () => screen.findByRole("button", { name: "Undo" });
const state = () => todos.map(({ title, done, notes }) => `${title} ${String(done)} ${notes}`).sort();
const before = ["One false ", "Three false ", "Two false "];

async function untilAsBefore() {
  await waitFor(() => {
    expect(state()).toEqual(before);
  });
}

const actions: Record<string, [() => Promise<unknown>, string]> = {
  "a tick": [() => userEvent.click(screen.getByRole("checkbox", { name: "One" })), "Completed “One”"],
  "an edit": [() => note("Two", "at noon"), "Changed “Two”"],
  "a deletion": [() => userEvent.click(screen.getByRole("button", { name: "Delete Three" })), "Deleted “Three”"],
  "many ticks": [() => selected("Complete selected"), "Completed 3 todos"],
  "many deletions": [() => selected("Delete selected"), "Deleted 3 todos"],
  "a new todo": [() => userEvent.type(screen.getByLabelText("New todo"), "Four{Enter}"), ""],
};

async function note(title: string, text: string) {
  await userEvent.click(screen.getByRole("button", { name: `Edit ${title}` }));
  await userEvent.type(screen.getByLabelText("Notes"), text);
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
}

async function selected(button: string) {
  await userEvent.click(screen.getByRole("button", { name: "Select several" }));
  await userEvent.click(screen.getByRole("checkbox", { name: "Select all shown" }));
  await userEvent.click(screen.getByRole("button", { name: button }));
}

test.each(Object.entries(actions))("takes back %s, by the button and by Ctrl-Z", async (_name, [act, said]) => {
  for (const undo of [
    async () => userEvent.click(await undoButton()),
    () => userEvent.keyboard("{Control>}z{/Control}"),
  ]) {
    await act();
    await undoButton();
    expect(state()).not.toEqual(before);
    if (said !== "") expect(screen.getByText(said)).toBeVisible();
    (document.activeElement as HTMLElement).blur();
    await undo();
    await untilAsBefore();
    expect(screen.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
  }
});

test("takes back the last ten changes one by one, the newest first", async () => {
  const texts: string[] = [];
  for (let count = 1; count <= 11; count++) {
    await userEvent.click(screen.getByRole("checkbox", { name: count % 2 === 0 ? "One" : "Two" }));
    await waitFor(() => {
      expect(todos.reduce((sum, { version }) => sum + version, 0)).toBe(3 + count);
    });
    texts.push(state().join());
  }
  for (let count = 10; count >= 1; count--) {
    await userEvent.click(await undoButton());
    await waitFor(() => {
      expect(state().join()).toBe(texts[count - 1]);
    });
  }
  expect(screen.queryByRole("button", { name: "Undo" })).not.toBeInTheDocument();
});

test("leaves Ctrl-Z in a field of text to that field", async () => {
  await userEvent.click(screen.getByRole("checkbox", { name: "One" }));
  await undoButton();
  await userEvent.type(screen.getByLabelText("New todo"), "Fo{Control>}z{/Control}");
  expect(await undoButton()).toBeVisible();
  expect(todos[0]?.done).toBe(true);
});

test("does not take back what was changed elsewhere since, and says so", async () => {
  await note("Two", "at noon");
  await undoButton();
  Object.assign(todos[1] ?? {}, { notes: "at one", version: 9 });
  await userEvent.click(await undoButton());
  expect(await screen.findByRole("alert")).toHaveTextContent("“Two” was changed elsewhere meanwhile.");
  expect(todos[1]?.notes).toBe("at one");
});

test("a completed selection that was partly done before is as before", async () => {
  await userEvent.click(screen.getByRole("checkbox", { name: "One" }));
  await undoButton();
  await selected("Complete selected");
  await screen.findByText("Completed 2 todos");
  await userEvent.click(await undoButton());
  await waitFor(() => {
    expect(state()).toEqual(["One true ", "Three false ", "Two false "]);
  });
});
