"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { forgetUnsaved, isAnythingUnsaved } from "@/client/kept/kept";
import { signOut } from "@/client/api/own-session";
import { Button } from "@/components/ui/button";
import { Logo } from "@/components/ui/logo";
import { Notice } from "@/components/ui/notice";
import { Shortcuts } from "@/components/keyboard/shortcuts";
import { useHydrated } from "./use-hydrated";

/** The bar on top of every page of somebody who is signed in. Signing out asks first if it loses something. */
export function Header({ email }: { readonly email: string }) {
  const hydrated = useHydrated();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const leave = useMutation({
    mutationFn: () =>
      signOut(() => {
        forgetUnsaved(client, email);
      }),
  });
  return (
    <header className="border-b border-line bg-surface lg:has-[~aside]:*:me-104">
      <div className="mx-auto flex min-h-16 max-w-2xl items-center gap-3 px-4">
        <Link href="/" aria-label="Todo, to the list" className="rounded-lg">
          <Logo />
        </Link>
        <Link
          href="/account"
          aria-label={`Account of ${email}`}
          className="ms-auto truncate rounded-lg px-2 py-2.5 text-sm text-soft hover:text-ink"
        >
          {email}
        </Link>
        <Button
          look="quiet"
          className="shrink-0 px-3 text-sm"
          disabled={!hydrated || leave.isPending}
          onClick={() => {
            if (isAnythingUnsaved(email)) setAsking(true);
            else leave.mutate();
          }}
        >
          <LogOut aria-hidden className="size-4" />
          Sign out
        </Button>
      </div>
      <Shortcuts />
      {asking && (
        <div role="alert" className="mx-auto flex max-w-2xl flex-wrap items-center gap-2 px-4 pb-3 text-sm">
          <p className="me-auto">Something that you typed or changed is not saved yet. Signing out loses it.</p>
          <Button
            look="danger"
            onClick={() => {
              setAsking(false);
              leave.mutate();
            }}
          >
            Sign out and lose it
          </Button>
          <Button
            look="plain"
            onClick={() => {
              setAsking(false);
            }}
          >
            Stay
          </Button>
        </div>
      )}
      {leave.isError && (
        <div className="mx-auto max-w-2xl px-4 pb-3">
          <Notice>{leave.error.message}</Notice>
        </div>
      )}
    </header>
  );
}
