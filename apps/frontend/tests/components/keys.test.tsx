import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Assistant } from "@/components/assistant";
import { TodoList } from "@/components/todo-list";
import { milk, serve } from "../support/fake-server";
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
