import { Pencil, Trash2 } from "lucide-react";
import { useCallback, useRef, useState, type KeyboardEvent } from "react";
import type { Todo, TodoFields } from "@/client/todo";
import type { TodoChange } from "@/client/todos";
import { IconButton } from "./icon-button";
import { MoveButtons } from "./move-buttons";
import { MoveHandle } from "./move-handle";
import { TickBox } from "./tick-box";
import { TodoDetails } from "./todo-details";
import { TodoEditor } from "./todo-editor";
import type { Mover } from "./use-reorder";
import type { Selection } from "./use-selection";

interface Props {
  readonly todo: Todo;
  readonly change: (change: TodoChange) => void;
  readonly remove: () => void;
  readonly showTag: (tag: string) => void;
  readonly selection: Selection | null;
  /** There if the todo can be moved. */
  readonly mover: Mover | null;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** One line of the list: a tick box named by the title, and buttons that edit and delete. */
export function TodoItem({ todo, change, remove, showTag, selection, mover, onKeyDown }: Props) {
  const [editing, setEditing] = useState(false);
  const [moving, setMoving] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);

  const { id } = todo;
  const finish = useCallback(
    (fields: TodoFields | null) => {
      setEditing(false);
      if (fields !== null) change({ id, fields, seen: todo });
      // The button is hidden while editing, so the focus can go back to it only after that is over.
      requestAnimationFrame(() => editButton.current?.focus());
    },
    [change, id, todo],
  );

  if (editing) {
    return (
      <li>
        <TodoEditor todo={todo} finish={finish} />
      </li>
    );
  }
  return (
    <li
      className={`relative flex items-center pr-2 transition-colors hover:bg-tint/50 ${todo.pending ? "opacity-60" : ""} ${
        selection?.has(todo) ? "bg-tint/50" : ""
      }`}
    >
      {mover && (
        <MoveHandle
          todo={todo}
          mover={mover}
          expanded={moving}
          toggle={() => {
            setMoving(!moving);
          }}
        />
      )}
      <div className="min-w-0 flex-1">
        <label className="flex min-h-14 cursor-pointer items-center gap-4 py-3 pl-4">
          {selection === null ? (
            <TickBox
              key="done"
              checked={todo.done}
              disabled={todo.pending === true}
              onKeyDown={onKeyDown}
              tick={(done) => {
                change({ id, fields: { done } });
              }}
            />
          ) : (
            <TickBox
              key="selected"
              name={`Select ${todo.title}`}
              checked={selection.has(todo)}
              disabled={todo.pending === true}
              onKeyDown={onKeyDown}
              tick={() => {
                selection.toggle(todo);
              }}
            />
          )}
          <span className={`min-w-0 break-words ${todo.done ? "text-soft line-through" : ""}`}>{todo.title}</span>
        </label>
        <TodoDetails todo={todo} showTag={showTag} />
        {mover && moving && <MoveButtons todo={todo} mover={mover} />}
      </div>
      {selection === null && (
        <>
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
        </>
      )}
    </li>
  );
}
