import type { Todo } from "./todo";
import type { Wanted } from "./wanted";

type Compare = (a: Todo, b: Todo) => number;

const lastDay = "9999-12-31";

/** The backend's orders. Todos that are equal in one stay as they are. */
const orders: Record<Wanted["sort"], Compare> = {
  "-created_at": (a, b) => compare(b.created_at, a.created_at),
  created_at: (a, b) => compare(a.created_at, b.created_at),
  "-position": (a, b) => b.position - a.position,
  due_date: (a, b) => compare(momentOf(a), momentOf(b)),
  "-priority": (a, b) => b.priority - a.priority,
  title: (a, b) => compare(a.title.toLowerCase(), b.title.toLowerCase()),
};

/** The todos in the order that the backend will give them. */
export function inOrder(todos: readonly Todo[], sort: Wanted["sort"]): readonly Todo[] {
  return todos.toSorted(orders[sort]);
}

/** What is due at no time comes after what is due at one on the same day. */
function momentOf({ due_date: day, due_time: time }: Todo): string {
  return `${day ?? lastDay} ${time ?? "24:00"}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
