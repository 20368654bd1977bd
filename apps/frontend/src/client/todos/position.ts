import type { Todo } from "./todo";

/** A todo's new place in the manual order; higher comes first. */
export type Placed = Pick<Todo, "id" | "position">;

/** Less than the time between two new todos, which is their first distance, and never lost by rounding. */
const step = 0.001;

/**
 * What puts the todo at index `from` of a list in manual order to index `to`. That is mostly one new position, between
 * those of its new neighbours; where no number is left between these, todos above move up a little too.
 */
export function positionsFor(todos: readonly Todo[], from: number, to: number): readonly Placed[] {
  const moved = todos[from];
  if (moved === undefined || from === to) return [];
  const others = todos.filter((todo) => todo !== moved);
  const above = others.slice(0, to);
  const below = others[to];
  const next = above.at(-1);
  if (below === undefined) return [{ id: moved.id, position: (next?.position ?? 0) - 1 }];
  if (next === undefined) return [{ id: moved.id, position: below.position + 1 }];
  const middle = (next.position + below.position) / 2;
  if (middle < next.position && middle > below.position) return [{ id: moved.id, position: middle }];
  return pushedUp([moved, ...above.toReversed()], below.position);
}

/** Positions for todos from the lowest up, as many as are needed to come above `bottom` in this order. */
function pushedUp(upwards: readonly Todo[], bottom: number): readonly Placed[] {
  const placed: Placed[] = [];
  let position = bottom;
  for (const [index, todo] of upwards.entries()) {
    if (index > 0 && todo.position > position) break;
    position += step;
    placed.push({ id: todo.id, position });
  }
  return placed;
}
