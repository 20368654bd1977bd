import { Pencil, Trash2 } from "lucide-react";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Change } from "@/client/change";
import type { Todo } from "@/client/todo";
import type { Draft, Editing } from "@/client/unsaved";
import { IconButton } from "./icon-button";
import { MoveButtons } from "./move-buttons";
import { MoveHandle } from "./move-handle";
import { TickBox } from "./tick-box";
import { TodoDetails } from "./todo-details";
import { TodoEditor } from "./todo-editor";
import { useHydrated } from "./use-hydrated";
import type { Mover } from "./use-reorder";
import type { Selection } from "./use-selection";

interface Props {
  readonly todo: Todo;
  /** There while its form is open. */
  readonly draft: Draft | undefined;
  readonly editing: Editing;
  readonly change: (change: Change) => void;
  readonly remove: () => void;
  readonly showTag: (tag: string) => void;
  readonly selection: Selection | null;
  /** There if the todo can be moved. */
  readonly mover: Mover | null;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** One line of the list: a tick box named by the title, and buttons that edit and delete. */
export function TodoItem({ todo, draft, editing, change, remove, showTag, selection, mover, onKeyDown }: Props) {
  const [moving, setMoving] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const closed = useRef(false);
  const shut = draft === undefined;
  // A todo that came with the page can be seen before its buttons work.
  const idle = !useHydrated() || todo.pending === true;

  useEffect(() => {
    // The button is hidden while the form is open, so the focus can go back to it only after that.
    if (shut && closed.current) editButton.current?.focus();
    closed.current = false;
  }, [shut]);

  if (draft !== undefined) {
    return (
      <li>
        <TodoEditor
          draft={draft}
          editing={editing}
          closing={() => {
            closed.current = true;
          }}
        />
      </li>
    );
  }
  return (
    <li
      className={`relative flex items-center pe-2 transition-colors hover:bg-tint/50 ${todo.pending ? "opacity-60" : ""} ${
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
        <label className="flex min-h-14 cursor-pointer items-center gap-4 py-3 ps-4">
          {selection === null ? (
            <TickBox
              key="done"
              id={`todo-${todo.id}`}
              checked={todo.done}
              disabled={idle}
              onKeyDown={onKeyDown}
              tick={(done) => {
                change({ kind: "edit", seen: todo, fields: { done } });
              }}
            />
          ) : (
            <TickBox
              key="selected"
              name={`Select ${todo.title}`}
              checked={selection.has(todo)}
              disabled={idle}
              onKeyDown={onKeyDown}
              tick={() => {
                selection.toggle(todo);
              }}
            />
          )}
          <span dir="auto" className={`min-w-0 break-words ${todo.done ? "text-soft line-through" : ""}`}>
            {todo.title}
          </span>
        </label>
        <TodoDetails todo={todo} showTag={showTag} />
        {mover && moving && <MoveButtons todo={todo} mover={mover} />}
      </div>
      {selection === null && (
        <>
          <IconButton
            ref={editButton}
            name={`Edit ${todo.title}`}
            disabled={idle}
            onClick={() => {
              editing.open(todo);
            }}
          >
            <Pencil aria-hidden className="size-4" />
          </IconButton>
          <IconButton name={`Delete ${todo.title}`} disabled={idle} danger onClick={remove}>
            <Trash2 aria-hidden className="size-4" />
          </IconButton>
        </>
      )}
    </li>
  );
}
