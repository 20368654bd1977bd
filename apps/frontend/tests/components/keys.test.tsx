import { useLayoutEffect } from "react";
import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import userEvent from "@testing-library/user-event";
import { Header } from "@/components/page/header";
import { Assistant } from "@/components/assistant/assistant";
import { Modal } from "@/components/ui/modal";
import { TodoList } from "@/components/list/todo-list";
import { milk, serve, todosNamed } from "../support/fake-server";
import { show } from "../support/show";

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** What a key has done is to be seen before the next one: no timer passes between the two, nor does a frame. */
function stopTheClock() {
  vi.useFakeTimers({ toFake: ["setTimeout", "requestAnimationFrame"] });
}

/** Lets the page do what it does before it hears of another key. */
const nextKey = () => new Promise((pressed) => setImmediate(pressed));

describe("a key that is pressed at once after another", () => {
  test("reaches the form that the other has opened, and the button when the form is saved", async () => {
    serve([{ ...milk }]);
    show(<TodoList />);
    const button = await screen.findByRole("button", { name: "Edit Buy milk" });
    stopTheClock();
    button.click();
    await nextKey();
    expect(screen.getByLabelText("Title")).toHaveFocus();
    fireEvent.input(screen.getByLabelText("Title"), { target: { value: "Buy oat milk" } });
    fireEvent.submit(screen.getByRole("form"));
    await nextKey();
    expect(screen.getByRole("button", { name: "Edit Buy oat milk" })).toHaveFocus();
  });

  test("finds a box open as soon as it is on the page, so that no letter goes elsewhere", () => {
    let isOpen: boolean | undefined;
    function Page() {
      useLayoutEffect(() => {
        isOpen = screen.getByRole<HTMLDialogElement>("dialog", { name: "Box" }).open;
      }, []);
      return (
        <Modal name="Box" close={vi.fn()}>
          <input />
        </Modal>
      );
    }
    render(<Page />);
    expect(isOpen).toBe(true);
  });

  test("finds the box as the other has left it", async () => {
    serve([{ ...milk }]);
    show(<TodoList />);
    const box = await screen.findByRole("checkbox", { name: "Buy milk" });
    stopTheClock();
    for (const checked of [true, false, true]) {
      box.click();
      await nextKey();
      expect((box as HTMLInputElement).checked).toBe(checked);
    }
  });

  test("reaches the button that opens the assistant once the other has closed it", async () => {
    serve([]);
    Element.prototype.scrollTo = () => undefined;
    show(<Assistant />);
    fireEvent.click(await screen.findByRole("button", { name: "Assistant" }));
    expect(screen.getByLabelText("Message")).toHaveFocus();
    stopTheClock();
    fireEvent.keyDown(screen.getByLabelText("Message"), { key: "Escape" });
    expect(screen.getByRole("button", { name: "Assistant" })).toHaveFocus();
  });
});

describe("keys that work everywhere on the page", () => {
  async function list() {
    const todos = todosNamed("One", "Two", "Three");
    serve(todos);
    show(
      <>
        <Header email="ann@example.com" />
        <main>
          <TodoList />
        </main>
      </>,
    );
    await screen.findByText("One");
    return todos;
  }

  test("lead to the field, the search and the list, and edit there", async () => {
    await list();
    await userEvent.keyboard("n");
    expect(screen.getByLabelText("New todo")).toHaveFocus();
    await userEvent.keyboard("n/");
    expect(screen.getByLabelText("New todo")).toHaveValue("n/");
    screen.getByLabelText("New todo").blur();
    await userEvent.keyboard("/");
    expect(screen.getByLabelText("Search")).toHaveFocus();
    screen.getByLabelText("Search").blur();
    await userEvent.keyboard("{ArrowDown}{ArrowDown}e");
    expect(screen.getByRole("form", { name: "Edit Two" })).toBeVisible();
    expect(screen.getByLabelText("Title")).toHaveFocus();
  });

  test("are left alone with Ctrl, and while a letter is composed", async () => {
    await list();
    await userEvent.keyboard("{Control>}n{/Control}");
    fireEvent.keyDown(document.body, { key: "n", isComposing: true });
    expect(document.body).toHaveFocus();
  });

  test("show a help that names them, and Escape closes it", async () => {
    await list();
    await userEvent.keyboard("?");
    const help = await screen.findByRole("dialog", { name: "Keys" });
    expect(help).toHaveTextContent("Ctrl K");
    await userEvent.click(screen.getByRole("button", { name: "Close" }));
    await waitFor(() => {
      expect(help).not.toBeInTheDocument();
    });
  });

  test("open a palette, which takes what is typed before it is there, and does what is chosen", async () => {
    await list();
    await userEvent.keyboard("{Control>}k{/Control}tod");
    await screen.findByRole("dialog", { name: "Commands" });
    expect(screen.getByRole("combobox")).toHaveValue("tod");
    expect(screen.getByRole("combobox")).toHaveFocus();
    await userEvent.keyboard("ay{Enter}");
    expect(await screen.findByRole("heading", { name: "Today" })).toBeVisible();
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });

  test.each([
    ["trash", ["Show the trash"]],
    ["UN do", ["Undone"]],
    ["uber den", ["Über den Fluss"]],
    ["7a1c", []],
  ])("find in the palette what has these words in its name: %s", async (typed, found) => {
    serve([
      { ...milk, title: "Sweep the floor" },
      { ...milk, id: "7a1c", title: "Undone" },
      { ...milk, id: "7a1d", title: "Über den Fluss" },
    ]);
    show(
      <>
        <Header email="ann@example.com" />
        <TodoList />
      </>,
    );
    await screen.findByText("Sweep the floor");
    await userEvent.keyboard("{Control>}k{/Control}");
    await screen.findByRole("dialog", { name: "Commands" });
    await userEvent.type(screen.getByRole("combobox"), typed);
    expect(screen.queryAllByRole("option").map((option) => option.textContent)).toEqual(found);
  });

  test("find a todo by its title in the palette", async () => {
    await list();
    await userEvent.keyboard("{Control>}k{/Control}");
    await screen.findByRole("dialog", { name: "Commands" });
    await userEvent.type(screen.getByRole("combobox"), "thre{Enter}");
    await waitFor(() => {
      expect(screen.getByRole("checkbox", { name: "Three" })).toHaveFocus();
    });
  });

  test("open the palette although the help, which was just closed, says so only after that", async () => {
    await list();
    await userEvent.keyboard("?");
    const help = await screen.findByRole<HTMLDialogElement>("dialog", { name: "Keys" });
    // A browser closes it at once, and tells of that a moment later.
    help.open = false;
    await userEvent.keyboard("{Control>}k{/Control}");
    fireEvent(help, new Event("close"));
    expect(await screen.findByRole("dialog", { name: "Commands" })).toBeVisible();
  });
});
