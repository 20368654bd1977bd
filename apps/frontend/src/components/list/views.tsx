import Link from "next/link";
import type { Choose } from "@/client/todos/use-wanted";
import { addressOf, everything, views, type Wanted } from "@/client/todos/wanted";

type View = Wanted["view"] | "trash";

const addresses = Object.entries(views).map(
  ([view, name]) => [view as View, name, addressOf({ ...everything, view: view as Wanted["view"] })] as const,
);
const places = [...addresses, ["trash", "Trash", "/trash"] as const];

interface Props {
  readonly shown: View;
  /** Shows another view of the list on the same page. */
  readonly choose?: Choose;
}

/** Leads to the views of the list, and to the trash. */
export function Views({ shown, choose }: Props) {
  return (
    <nav aria-label="Views" className="-mx-2 flex flex-wrap text-sm">
      {places.map(([view, name, address]) => (
        <Link
          key={view}
          href={address}
          prefetch={false}
          aria-current={view === shown ? "page" : undefined}
          className="min-h-10 rounded-lg px-2.5 py-2.5 font-medium text-soft hover:text-ink aria-[current]:text-accent"
          onClick={(event) => {
            const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
            if (choose === undefined || view === "trash" || elsewhere) return;
            event.preventDefault();
            choose({ ...everything, view });
          }}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}
