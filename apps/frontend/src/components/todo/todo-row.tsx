import { Pencil, Trash2 } from "lucide-react";
import { useState, type KeyboardEvent, type Ref } from "react";
import type { Change } from "@/client/changes/change";
import type { Todo } from "@/client/todos/todo";
import { IconButton } from "@/components/ui/icon-button";
import { MoveButtons } from "@/components/moving/move-buttons";
import { MoveHandle } from "@/components/moving/move-handle";
import { TickBox } from "@/components/ui/tick-box";
import { TodoDetails } from "./todo-details";
import { useHydrated } from "@/components/page/use-hydrated";
import type { Mover } from "@/components/moving/use-reorder";
import type { Selection } from "@/components/list/use-selection";

/** What a row shows of a todo, and what its buttons do. */
export interface RowProps {
  readonly todo: Todo;
  readonly editButton: Ref<HTMLButtonElement>;
  readonly edit: () => void;
  readonly change: (change: Change) => void;
  readonly remove: () => void;
  readonly showTag: (tag: string) => void;
  readonly selection: Selection | null;
  /** There if the todo can be moved. */
  readonly mover: Mover | null;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/** A todo in a row: a box named by the title, and buttons that move, edit and delete. */
export function TodoRow({ todo, editButton, edit, change, remove, showTag, selection, mover, onKeyDown }: RowProps) {
  const [moving, setMoving] = useState(false);
  // A todo that came with the page can be seen before its buttons work.
  const idle = !useHydrated() || todo.pending === true;
  const looks = [todo.pending ? "opacity-60" : "", selection?.has(todo) ? "bg-tint/50" : ""].join(" ");
  return (
    <li className={`relative flex items-center pe-2 transition-colors hover:bg-tint/50 ${looks}`}>
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
          <RowBox todo={todo} change={change} selection={selection} disabled={idle} onKeyDown={onKeyDown} />
          <span dir="auto" className={`min-w-0 break-words ${todo.done ? "text-soft line-through" : ""}`}>
            {todo.title}
          </span>
        </label>
        <TodoDetails todo={todo} showTag={showTag} />
        {mover && moving && <MoveButtons todo={todo} mover={mover} />}
      </div>
      {selection === null && (
        <>
          <IconButton ref={editButton} name={`Edit ${todo.title}`} disabled={idle} onClick={edit}>
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

interface BoxProps extends Pick<RowProps, "todo" | "change" | "selection" | "onKeyDown"> {
  readonly disabled: boolean;
}

/** The box ticks the todo off, or selects it while somebody selects. */
function RowBox({ todo, change, selection, ...rest }: BoxProps) {
  if (selection !== null) {
    return (
      <TickBox
        key="selected"
        name={`Select ${todo.title}`}
        checked={selection.has(todo)}
        tick={() => {
          selection.toggle(todo);
        }}
        {...rest}
      />
    );
  }
  return (
    <TickBox
      key="done"
      id={`todo-${todo.id}`}
      checked={todo.done}
      tick={(done) => {
        change({ kind: "edit", seen: todo, fields: { done } });
      }}
      {...rest}
    />
  );
}
