import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

/** Says what went wrong; screen readers announce it at once. */
export function Notice({ title, children }: { readonly title?: string; readonly children: ReactNode }) {
  return (
    <div role="alert" className="flex gap-3 rounded-xl bg-danger-tint px-4 py-3 text-sm text-danger">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div>
        {title !== undefined && <p className="font-semibold">{title}</p>}
        <p>{children}</p>
      </div>
    </div>
  );
}
