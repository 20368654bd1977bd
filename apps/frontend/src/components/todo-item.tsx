import { Check, Trash2 } from "lucide-react";
import type { Todo } from "@/client/todos";

interface Props {
  readonly todo: Todo;
  readonly tick: (change: { id: string; done: boolean }) => void;
  readonly remove: (id: string) => void;
}

/** One line of the list: a tick box named by the title, and a button that deletes it. */
export function TodoItem({ todo, tick, remove }: Props) {
  return (
    <li className="flex items-center gap-1 pr-2 transition-colors hover:bg-tint/50">
      <label className="flex min-h-14 min-w-0 flex-1 cursor-pointer items-center gap-4 py-3 pl-4">
        <span className="relative grid size-5 shrink-0">
          <input
            type="checkbox"
            checked={todo.done}
            onChange={(event) => {
              tick({ id: todo.id, done: event.target.checked });
            }}
            className="peer size-5 appearance-none rounded-md border border-field checked:border-accent checked:bg-accent"
          />
          <Check
            aria-hidden
            strokeWidth={3.5}
            className="pointer-events-none absolute inset-0 m-auto hidden size-3.5 text-on-accent peer-checked:block"
          />
        </span>
        <span className={`min-w-0 break-words ${todo.done ? "text-soft line-through" : ""}`}>{todo.title}</span>
      </label>
      <button
        type="button"
        aria-label={`Delete ${todo.title}`}
        onClick={() => {
          remove(todo.id);
        }}
        className="grid size-10 shrink-0 place-items-center rounded-lg text-soft hover:bg-danger-tint hover:text-danger"
      >
        <Trash2 aria-hidden className="size-4" />
      </button>
    </li>
  );
}
