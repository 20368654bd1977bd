import fc from "fast-check";
import { expect, test } from "vitest";
import { inOrder } from "@/client/todos/order";
import { positionsFor } from "@/client/todos/position";
import type { Todo } from "@/client/todos/todo";
import { todosNamed } from "../support/fake-server";

/** Todos at these positions, highest first. */
function at(...positions: number[]): Todo[] {
  const titles = positions.map(String);
  return todosNamed(...titles).map((todo, index) => ({ ...todo, position: positions[index] ?? 0 }));
}

function moved(todos: readonly Todo[], from: number, to: number): readonly Todo[] {
  const placed = new Map(positionsFor(todos, from, to).map(({ id, position }) => [id, position]));
  return inOrder(
    todos.map((todo) => ({ ...todo, position: placed.get(todo.id) ?? todo.position })),
    "-position",
  );
}

test.each([
  ["between two", 0, 1, 15],
  ["to the top", 2, 0, 31],
  ["to the bottom", 0, 2, 9],
])("a move %s needs one new position", (_name, from, to, expected) => {
  expect(positionsFor(at(30, 20, 10), from, to).map(({ position }) => position)).toEqual([expected]);
});

test("a move to where it is needs none", () => {
  expect(positionsFor(at(30, 20, 10), 1, 1)).toEqual([]);
});

test("whatever the positions, a move leads exactly where it should, and leaves the others in order", () => {
  const now = 1_790_000_000;
  // Positions that are far apart, next to each other, and the same.
  const position = fc.oneof(
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    fc.integer({ min: 0, max: 4 }).map((steps) => now + steps * 2 ** -22),
    fc.constant(now),
  );
  fc.assert(
    fc.property(fc.array(position, { minLength: 1, maxLength: 8 }), fc.nat(7), fc.nat(7), (positions, start, end) => {
      const todos = at(...positions.sort((a, b) => b - a));
      const [from, to] = [start % todos.length, end % todos.length];
      const expected = todos.toSpliced(from, 1).toSpliced(to, 0, ...todos.slice(from, from + 1));
      const ids = (list: readonly Todo[]) => list.map((todo) => todo.id);
      // Todos in the same place have no order among themselves, unless one of them was moved.
      const distinct = new Set(moved(todos, from, to).map((todo) => todo.position)).size === todos.length;
      if (distinct || from !== to) expect(ids(moved(todos, from, to))).toEqual(ids(expected));
    }),
    { numRuns: 500 },
  );
});

test("two todos can change places again and again", () => {
  let todos: readonly Todo[] = at(30, 20, 10);
  for (let turn = 0; turn < 100; turn++) {
    const before = todos.map((todo) => todo.id);
    todos = moved(todos, 0, 1);
    expect(todos.map((todo) => todo.id)).toEqual([before[1], before[0], before[2]]);
  }
});
