"use client";

import { useMutation } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import Link from "next/link";
import { signOut } from "@/client/session";
import { Button } from "./button";
import { Logo } from "./logo";
import { Notice } from "./notice";
import { useHydrated } from "./use-hydrated";

/** The bar on top of every page of somebody who is signed in. */
export function Header({ email }: { readonly email: string }) {
  const hydrated = useHydrated();
  const leave = useMutation({ mutationFn: signOut });
  return (
    <header className="border-b border-line bg-surface lg:has-[~aside]:*:mr-104">
      <div className="mx-auto flex min-h-16 max-w-2xl items-center gap-3 px-4">
        <Link href="/" aria-label="Todo, to the list" className="rounded-lg">
          <Logo />
        </Link>
        <Link
          href="/account"
          aria-label={`Account of ${email}`}
          className="ml-auto truncate rounded-lg px-2 py-2.5 text-sm text-soft hover:text-ink"
        >
          {email}
        </Link>
        <Button
          look="quiet"
          className="shrink-0 px-3 text-sm"
          disabled={!hydrated || leave.isPending}
          onClick={() => {
            leave.mutate();
          }}
        >
          <LogOut aria-hidden className="size-4" />
          Sign out
        </Button>
      </div>
      {leave.isError && (
        <div className="mx-auto max-w-2xl px-4 pb-3">
          <Notice>{leave.error.message}</Notice>
        </div>
      )}
    </header>
  );
}
