import { Pencil, Trash2 } from "lucide-react";
import { useRef, useState, type KeyboardEvent } from "react";
import type { Todo } from "@/client/todo";
import type { TodoChange } from "@/client/todos";
import { IconButton } from "./icon-button";
import { TickBox } from "./tick-box";
import { TitleEditor } from "./title-editor";

interface Props {
  readonly todo: Todo;
  readonly change: (change: TodoChange) => void;
  readonly remove: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** One line of the list: a tick box named by the title, and buttons that edit and delete. */
export function TodoItem({ todo, change, remove, onKeyDown }: Props) {
  const [editing, setEditing] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);

  function finish(title: string | null) {
    setEditing(false);
    if (title !== null && title !== "" && title !== todo.title) change({ id: todo.id, title });
    // The button is hidden while editing, so the focus can go back to it only after that is over.
    requestAnimationFrame(() => editButton.current?.focus());
  }

  if (editing) {
    return (
      <li className="px-2 py-1.5">
        <TitleEditor title={todo.title} finish={finish} />
      </li>
    );
  }
  return (
    <li className={`flex items-center pr-2 transition-colors hover:bg-tint/50 ${todo.pending ? "opacity-60" : ""}`}>
      <label className="flex min-h-14 min-w-0 flex-1 cursor-pointer items-center gap-4 py-3 pl-4">
        <TickBox
          checked={todo.done}
          disabled={todo.pending === true}
          onKeyDown={onKeyDown}
          tick={(done) => {
            change({ id: todo.id, done });
          }}
        />
        <span className={`min-w-0 break-words ${todo.done ? "text-soft line-through" : ""}`}>{todo.title}</span>
      </label>
      <IconButton
        ref={editButton}
        name={`Edit ${todo.title}`}
        disabled={todo.pending === true}
        onClick={() => {
          setEditing(true);
        }}
      >
        <Pencil aria-hidden className="size-4" />
      </IconButton>
      <IconButton name={`Delete ${todo.title}`} disabled={todo.pending === true} danger onClick={remove}>
        <Trash2 aria-hidden className="size-4" />
      </IconButton>
    </li>
  );
}
