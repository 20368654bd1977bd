import type { Todo } from "@/client/todo";

const filters = {
  all: { label: "All", keeps: () => true },
  open: { label: "Open", keeps: (todo: Todo) => !todo.done },
  done: { label: "Done", keeps: (todo: Todo) => todo.done },
};

/** Which todos are shown. */
export type Filter = keyof typeof filters;

/** The todos that a filter lets through. */
export function shown(todos: readonly Todo[], filter: Filter): Todo[] {
  return todos.filter((todo) => filters[filter].keeps(todo));
}

interface Props {
  readonly todos: readonly Todo[];
  readonly filter: Filter;
  readonly choose: (filter: Filter) => void;
}

/** Buttons that choose what is shown, each with its number of todos. */
export function TodoFilter({ todos, filter, choose }: Props) {
  return (
    <div role="group" aria-label="Show" className="flex gap-1">
      {(Object.keys(filters) as Filter[]).map((name) => (
        <button
          key={name}
          type="button"
          aria-pressed={name === filter}
          onClick={() => {
            choose(name);
          }}
          className="min-h-9 rounded-lg px-3 text-sm font-medium text-soft hover:text-ink aria-pressed:bg-tint aria-pressed:text-accent"
        >
          {filters[name].label} <span className="tabular-nums">{shown(todos, name).length}</span>
        </button>
      ))}
    </div>
  );
}
