import { focusManager } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { beforeEach, expect, test, vi } from "vitest";
import { Assistant } from "@/components/assistant/assistant";
import { Providers } from "@/components/page/providers";
import { TodoList } from "@/components/list/todo-list";
import { milk } from "../support/fake-server";
import { show } from "../support/show";

const id = "7a1c0c2e-6f0f-4c2d-9c5b-0f6f0d0c3a11";
const done = { done: { assistant: "rules" } };
let history: object[];
let questions: object[];
const question = () => screen.queryByRole("group", { name: "Confirm" });

/** A server whose assistant answers with these events. */
function assistantSays(...events: Record<string, unknown>[]) {
  const text = events
    .flatMap((event) => Object.entries(event))
    .map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
    .join("");
  const fetcher = vi.fn((address: string, init: RequestInit = {}) => {
    const posted = init.method === "POST" && address.endsWith("/messages");
    if (init.method === "DELETE") history = [];
    if (address.endsWith("/confirmations")) return Promise.resolve(Response.json(questions));
    const asJson = address.includes("/confirmations/") ? { deleted: [] } : history;
    return Promise.resolve(posted ? new Response(text) : Response.json(asJson));
  });
  vi.stubGlobal("fetch", fetcher);
  return fetcher;
}

async function say(content: string) {
  show(<Assistant />);
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  await userEvent.type(screen.getByLabelText("Message"), `${content}{Enter}`);
}

beforeEach(() => {
  history = [];
  questions = [];
  Element.prototype.scrollTo = () => undefined;
});

test("sends what was typed, and shows the answer as text, piece by piece", async () => {
  history = [
    { id: 1, role: "user", content: "Hello" },
    { id: 2, role: "assistant", content: "Two todos are <b>open</b>." },
  ];
  const fetcher = assistantSays({ text: { text: "Two todos " } }, { text: { text: "are <b>open</b>." } }, done);
  await say("Hello");
  expect(await screen.findByText(/Two todos are <b>open<\/b>\./)).toBeVisible();
  const sent = fetcher.mock.calls.find(([, init]) => init?.method === "POST");
  expect(sent).toMatchObject(["/api/backend/chat/messages", { body: '{"content":"Hello"}' }]);
});

test.each([
  ["Yes, delete", true],
  ["No, keep", false],
])("a deletion waits for an answer: %s", async (button, approve) => {
  const fetcher = assistantSays({ confirm: { id, todo_ids: [id], titles: ["Buy milk"] } }, done);
  await say("Delete milk");
  expect(await screen.findByRole("group", { name: "Confirm" })).toHaveTextContent("Delete “Buy milk”?");
  await userEvent.click(screen.getByRole("button", { name: button }));
  await waitFor(() => {
    expect(question()).not.toBeInTheDocument();
  });
  expect(fetcher).toHaveBeenCalledWith(
    `/api/backend/chat/confirmations/${id}`,
    expect.objectContaining({ body: JSON.stringify({ approve }) }),
  );
});

test("a question about many todos scrolls, by keys too, above its buttons", async () => {
  const titles = Array.from({ length: 100 }, (_, index) => `Meeting ${index + 1}`);
  assistantSays({ confirm: { id, todo_ids: [id], titles } }, done);
  await say("Delete meeting");
  const list = await screen.findByRole("region", { name: "What would be deleted" });
  expect(list).toHaveTextContent(/“Meeting 1”.*“Meeting 100”\?$/);
  expect(list).toHaveClass("max-h-[min(15rem,30dvh)]", "overflow-y-auto");
  expect(list.tabIndex).toBe(0);
  expect(within(list).queryByRole("button")).not.toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Yes, delete" })).toBeVisible();
  expect(
    (await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } }))
      .violations,
  ).toEqual([]);
});

test.each([
  ["the server is busy", () => Promise.resolve(Response.json({ detail: "Busy." }, { status: 503 })), true],
  ["there is no connection", () => Promise.reject(new TypeError("Failed to fetch")), true],
  ["there is no such question", () => Promise.resolve(Response.json({ detail: "Gone." }, { status: 404 })), false],
])("a question whose answer fails because %s stays only if it is still open", async (_why, fail, stays) => {
  const fetcher = assistantSays({ confirm: { id, todo_ids: [id], titles: ["Buy milk"] } }, done);
  await say("Delete milk");
  const yes = await screen.findByRole("button", { name: "Yes, delete" });
  fetcher.mockImplementationOnce(fail);
  await userEvent.click(yes);
  expect(await screen.findByRole("alert")).toBeVisible();
  expect(question() !== null).toBe(stays);
});

test.each([
  ["rules", "Answered by the built-in rules"],
  ["model", "Answered by the language model"],
])("says who answered: %s", async (assistant, expected) => {
  assistantSays({ text: { text: "Hello." } }, { done: { assistant } });
  await say("Hello");
  expect(await screen.findByText(expected)).toHaveAttribute("role", "status");
});

test("what was deleted after a yes can be brought back", async () => {
  const fetcher = assistantSays({ confirm: { id, todo_ids: [id], titles: ["Buy milk"] } }, done);
  await say("Delete milk");
  const button = await screen.findByRole("button", { name: "Yes, delete" });
  fetcher.mockResolvedValueOnce(Response.json({ deleted: [id] }));
  await userEvent.click(button);
  expect(await screen.findByText("Deleted one todo")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Undo" }));
  await waitFor(() => {
    expect(screen.queryByText("Deleted one todo")).not.toBeInTheDocument();
  });
  expect(fetcher).toHaveBeenCalledWith(
    "/api/backend/todos/bulk",
    expect.objectContaining({ body: JSON.stringify({ action: "restore", ids: [id] }) }),
  );
});

/** A server whose assistant says the first of this and then nothing more, with a list of todos beside it. */
function assistantStarts(event: string, data: unknown, todos: () => object[]) {
  let asked: AbortSignal | null | undefined;
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  const send = (name: string, content: unknown) =>
    stream?.enqueue(new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(content)}\n\n`));
  vi.stubGlobal("fetch", (address: string, init: RequestInit = {}) => {
    if (address.endsWith("/confirmations")) return Promise.resolve(Response.json(questions));
    if (init.method !== "POST") return Promise.resolve(Response.json(address.includes("/todos") ? todos() : history));
    asked = init.signal;
    const body = new ReadableStream({
      start: (controller: ReadableStreamDefaultController<Uint8Array>) => {
        stream = controller;
        send(event, data);
        asked?.addEventListener("abort", () => {
          controller.error(asked?.reason);
        });
      },
    });
    return Promise.resolve(new Response(body));
  });
  return { isStopped: () => asked?.aborted === true, send };
}

test("an answer that runs can be stopped; what it said so far stays", async () => {
  const server = assistantStarts("text", { text: "Once upon a time" }, () => []);
  await say("Tell me a story");
  expect(await screen.findByText(/Once upon a time/)).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Stop" }));
  expect(await screen.findByRole("button", { name: "Send" })).toBeVisible();
  expect(server.isStopped()).toBe(true);
  expect(screen.getByText(/Once upon a time \(stopped\)/)).toBeVisible();
  expect(screen.queryByRole("alert")).not.toBeInTheDocument();
});

test("what the assistant changes shows in the list at once, while it still talks", async () => {
  let todos: object[] = [];
  assistantStarts("changed", { action: "added", todo_ids: [id] }, () => todos);
  show(
    <>
      <TodoList />
      <Assistant />
    </>,
  );
  await screen.findByText("Nothing to do yet");
  todos = [{ ...milk }];
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  await userEvent.type(screen.getByLabelText("Message"), "Add milk{Enter}");
  expect(await screen.findByRole("checkbox", { name: "Buy milk" })).toBeVisible();
  expect(screen.getByRole("button", { name: "Stop" })).toBeVisible();
});

test.each([
  ["fails", [{ failed: { detail: "The model is busy." } }], "The model is busy.", "Hello"],
  ["does not begin", [], "The answer broke off. Try again.", "Hello"],
  ["breaks off", [{ text: { text: "Two" } }], "The answer broke off. Try again.", "Hello"],
  [
    "fails after a change",
    [{ changed: { action: "added", todo_ids: [id] } }, { failed: { detail: "The model is busy." } }],
    "The model is busy.",
    "",
  ],
])("says so when the answer %s, and gives back what can be said again", async (_name, events, expected, back) => {
  assistantSays(...events);
  await say("Hello");
  expect(await screen.findByRole("alert")).toHaveTextContent(expected);
  expect(screen.getByLabelText("Message")).toHaveValue(back);
});

test("the conversation can be cleared, and closed by Escape", async () => {
  history = [{ id: 1, role: "user", content: "Hello" }];
  assistantSays(done);
  show(<Assistant />);
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  expect(await screen.findByText("Hello")).toBeVisible();
  expect(
    (await axe.run(document.body, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } }))
      .violations,
  ).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Clear conversation" }));
  await waitFor(() => {
    expect(screen.queryByText("Hello")).not.toBeInTheDocument();
  });
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).not.toBeInTheDocument();
});

test("a message that the server did not take comes back into the field", async () => {
  const fetcher = assistantSays(done);
  show(<Assistant />);
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  await screen.findByText(/Try/);
  fetcher.mockResolvedValueOnce(Response.json({ detail: "Not now." }, { status: 503 }));
  await userEvent.type(screen.getByLabelText("Message"), "Delete milk{Enter}");
  expect(await screen.findByRole("alert")).toHaveTextContent("Not now.");
  expect(screen.getByLabelText("Message")).toHaveValue("Delete milk");
});

test("a reload of the conversation during an answer does not mix the two", async () => {
  history = [{ id: 1, role: "assistant", content: "Good morning." }];
  const server = assistantStarts("text", { text: "Once upon" }, () => []);
  await say("Tell me a story");
  expect(await screen.findByText("Once upon")).toBeVisible();
  history = [...history, { id: 2, role: "user", content: "Tell me a story" }];
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
  focusManager.setFocused(false);
  focusManager.setFocused(true);
  vi.useRealTimers();
  focusManager.setFocused(undefined);
  await new Promise((passed) => setTimeout(passed, 50));
  server.send("text", { text: " a time" });
  expect(await screen.findByText("Once upon a time")).toBeVisible();
  const messages = within(screen.getByRole("log")).getAllByText(/^(Good|Tell|Once)/);
  expect(messages.map((message) => message.textContent)).toEqual([
    "Good morning.",
    "Tell me a story",
    "Once upon a time",
  ]);
});

test("a question outlives closing the panel, and so does what is typed and what is being said", async () => {
  const server = assistantStarts("text", { text: "Let me see." }, () => []);
  await say("Delete milk");
  await userEvent.type(screen.getByLabelText("Message"), "and then");
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("complementary")).not.toBeInTheDocument();
  server.send("confirm", { id, todo_ids: [id], titles: ["Buy milk"] });
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  expect(await screen.findByRole("group", { name: "Confirm" })).toBeVisible();
  expect(screen.getByText("Let me see.")).toBeVisible();
  expect(screen.getByLabelText("Message")).toHaveValue("and then");
  await userEvent.click(screen.getByRole("button", { name: "Close" }));
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  expect(screen.getByRole("button", { name: "Yes, delete" })).toBeVisible();
});

test("questions that are open outlive a reload, and are answered one by one", async () => {
  questions = [
    { id: "1", titles: ["Buy milk"] },
    { id: "2", titles: ["Call Ann", "Call Ben"] },
  ];
  const fetcher = assistantSays(done);
  show(<Assistant />);
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  for (const [id, expected] of [
    ["1", "Delete “Buy milk”?"],
    ["2", "Delete “Call Ann”, “Call Ben”?"],
  ] as const) {
    await waitFor(() => {
      expect(question()).toHaveTextContent(expected);
    });
    await userEvent.click(screen.getByRole("button", { name: "No, keep" }));
    await waitFor(() => {
      expect(fetcher).toHaveBeenCalledWith(`/api/backend/chat/confirmations/${id}`, expect.anything());
    });
  }
  await waitFor(() => {
    expect(question()).not.toBeInTheDocument();
  });
});

test("what is typed to the assistant outlives a visit to another page", async () => {
  assistantSays(done);
  const page = (there: boolean) => <Providers>{there && <Assistant />}</Providers>;
  const { rerender } = render(page(true));
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  await userEvent.type(screen.getByLabelText("Message"), "Delete mi");
  rerender(page(false));
  rerender(page(true));
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  expect(screen.getByLabelText("Message")).toHaveValue("Delete mi");
});

test("Escape in a todo's form, or one that ends the composition of a letter, leaves the panel open", async () => {
  assistantStarts("text", { text: "Hello." }, () => [milk]);
  show(
    <>
      <main>
        <TodoList />
      </main>
      <Assistant />
    </>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  fireEvent.keyDown(screen.getByLabelText("Message"), { key: "Escape", isComposing: true });
  await userEvent.click(await screen.findByRole("button", { name: "Edit Buy milk" }));
  await userEvent.type(screen.getByLabelText("Notes"), "{Escape}");
  await waitFor(() => {
    expect(screen.queryByLabelText("Notes")).not.toBeInTheDocument();
  });
  expect(screen.getByRole("complementary")).toBeVisible();
});

test("an answer that arrives leaves the focus where somebody types", async () => {
  const server = assistantStarts("text", { text: "Once upon" }, () => [milk]);
  show(
    <>
      <main>
        <TodoList />
      </main>
      <Assistant />
    </>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Assistant" }));
  await userEvent.type(screen.getByLabelText("Message"), "Tell me a story{Enter}");
  await screen.findByText("Once upon");
  await userEvent.click(await screen.findByRole("button", { name: "Edit Buy milk" }));
  await userEvent.click(screen.getByLabelText("Notes"));
  server.send("text", { text: " a time" });
  expect(await screen.findByText("Once upon a time")).toBeVisible();
  await userEvent.keyboard("Two bottles");
  expect(screen.getByLabelText("Notes")).toHaveValue("Two bottles");
});
