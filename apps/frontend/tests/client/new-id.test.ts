import { expect, test, vi } from "vitest";
import { isId, newId } from "@/client/todos/new-id";

test("every page makes random ids, also one that came over http", () => {
  // Browsers offer no more than this there.
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  const ids = Array.from({ length: 200 }, newId);
  expect(new Set(ids).size).toBe(200);
  for (const id of ids) {
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(isId(id)).toBe(true);
  }
});

test("what else names a todo is no such id", () => {
  expect([isId("pending-12.5"), isId("")]).toEqual([false, false]);
});
