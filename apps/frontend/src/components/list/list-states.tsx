import { filtersSet, type Wanted } from "@/client/todos/wanted";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";

/** Stands in for the list until it is loaded. */
export function LoadingList() {
  return (
    <div role="status" className="grid gap-px overflow-hidden rounded-2xl border border-line bg-line">
      <span className="sr-only">Loading your todos</span>
      {["w-3/5", "w-2/5", "w-1/2"].map((width) => (
        <div key={width} className="flex h-14 animate-pulse items-center gap-4 bg-surface px-4">
          <span className="size-5 rounded-md bg-line" />
          <span className={`h-3 rounded bg-line ${width}`} />
        </div>
      ))}
    </div>
  );
}

interface FailedProps {
  readonly message: string;
  /** Whether the list as it was before is still shown. Then there is no need to be loud. */
  readonly shown: boolean;
  readonly retry: () => void;
}

/** Says that the list could not be loaded, and offers another try. */
export function FailedList({ message, shown, retry }: FailedProps) {
  return (
    <div className="grid gap-3">
      {shown ? (
        <p role="status" className="text-sm text-soft">
          This list may be out of date. {message}
        </p>
      ) : (
        <Notice title="Your todos could not be loaded">{message}</Notice>
      )}
      <Button look="plain" className="justify-self-start" onClick={retry}>
        Try again
      </Button>
    </div>
  );
}

const words = {
  all: ["Nothing to do yet", "Write down the first thing on your mind."],
  open: ["All done", "Nothing on your list is open."],
  done: ["Nothing done yet", "What you tick shows up here."],
  today: ["Nothing due today", "What is due today, or should have been done before, shows up here."],
  upcoming: ["Nothing coming up", "What is due after today shows up here."],
  filter: ["Nothing found", "No todo here fits all of the filters."],
  search: ["Nothing found", "No todo here has these words in its title or notes."],
} as const;

/** Says why there is nothing to show. */
export function EmptyList({ wanted }: { readonly wanted: Wanted }) {
  const reason = reasonOf(wanted);
  const [title, hint] = words[reason];
  return (
    <div className="grid justify-items-center gap-1 rounded-2xl border border-dashed border-field/60 px-6 py-14 text-center">
      <p className="text-lg font-medium">{title}</p>
      <p className="text-soft">{hint}</p>
    </div>
  );
}

function reasonOf(wanted: Wanted): keyof typeof words {
  if (filtersSet(wanted) > 0) return "filter";
  if (wanted.words !== "") return "search";
  return wanted.view !== "" && wanted.show === "all" ? wanted.view : wanted.show;
}
