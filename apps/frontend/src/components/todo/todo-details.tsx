import { CalendarDays, Flag, Repeat } from "lucide-react";
import { dueText, isLate } from "@/client/todos/due";
import { recurrenceText } from "@/client/todos/recurrence";
import { priorities, type Todo } from "@/client/todos/todo";
import { useHydrated } from "@/components/page/use-hydrated";

interface Props {
  readonly todo: Todo;
  /** Narrows the list down to one tag. */
  readonly showTag: (tag: string) => void;
}

/** What a todo has besides its title, in one line: due date, priority, recurrence, tags, the beginning of the notes. */
export function TodoDetails({ todo, showTag }: Props) {
  const hydrated = useHydrated();
  const { due_date: due, due_time: time, priority, recurrence, tags, notes } = todo;
  if (due === null && priority === 0 && recurrence === null && tags.length === 0 && notes === "") return null;
  // The server does not know what day it is where the user is, nor how they write one.
  const late = hydrated && isLate(todo, new Date());
  return (
    <div className="-mt-2 flex flex-wrap items-center gap-x-3 gap-y-1 pb-3 ps-13 text-sm text-soft">
      {due !== null && (
        <span className={`inline-flex items-center gap-1 ${late ? "font-medium text-danger" : ""}`}>
          <CalendarDays aria-hidden className="size-3.5" />
          {late ? "Overdue, " : "Due "}
          {hydrated ? dueText(due, time) : due}
        </span>
      )}
      {priority > 0 && (
        <span className="inline-flex items-center gap-1">
          <Flag aria-hidden className="size-3.5" />
          {priorities[priority]} priority
        </span>
      )}
      {recurrence !== null && (
        <span className="inline-flex items-center gap-1">
          <Repeat aria-hidden className="size-3.5" />
          {recurrenceText(todo)}
        </span>
      )}
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          dir="auto"
          title={`Show only ${tag}`}
          className="min-h-6 max-w-40 truncate rounded-md bg-tint px-1.5 text-accent hover:underline"
          onClick={() => {
            showTag(tag);
          }}
        >
          {tag}
        </button>
      ))}
      {notes !== "" && (
        <span dir="auto" className="w-full truncate">
          {notes}
        </span>
      )}
    </div>
  );
}
