import process from "node:process";
import { renderToString } from "react-dom/server";
import { expect, test, vi } from "vitest";
import { Assistant } from "@/components/assistant/assistant";
import { Header } from "@/components/page/header";
import { Providers } from "@/components/page/providers";
import { TodoList } from "@/components/list/todo-list";
import { Trash } from "@/components/list/trash";

vi.mock("next/navigation", () => ({
  usePathname: () => "/",
  useRouter: () => ({ push: () => undefined, replace: () => undefined }),
  useSearchParams: () => new URLSearchParams(),
}));

/** Timers that run in this process. */
const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

// What a timer holds is kept until it ends: a minute of pages would take the memory of the pod.
test.each([
  ["list", <TodoList key="list" account="ann@example.com" />],
  ["trash", <Trash key="trash" />],
  ["header", <Header key="header" email="ann@example.com" />],
  ["assistant", <Assistant key="assistant" />],
])("a page that is made on the server leaves no timer behind: %s", (_name, part) => {
  const before = timers();
  expect(renderToString(<Providers>{part}</Providers>)).not.toBe("");
  expect(timers()).toBe(before);
});
