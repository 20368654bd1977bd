"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import type { SubmitEvent } from "react";
import { signIn, signUp } from "@/client/api/own-session";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { textOf } from "@/components/ui/form-card";
import { Logo } from "@/components/ui/logo";
import { Notice } from "@/components/ui/notice";
import { useHydrated } from "@/components/page/use-hydrated";

const kinds = {
  signin: {
    title: "Welcome back",
    act: "Sign in",
    send: signIn,
    autoComplete: "current-password",
    other: { text: "New here?", href: "/signup", link: "Create an account" },
  },
  signup: {
    title: "Create your account",
    act: "Sign up",
    send: signUp,
    autoComplete: "new-password",
    other: { text: "Already have an account?", href: "/signin", link: "Go to sign-in" },
  },
} as const;

/** The page to sign in ("signin") or to sign up ("signup"). Both lead to the list. */
export function CredentialsForm({ kind }: { readonly kind: keyof typeof kinds }) {
  const { title, act, send, autoComplete, other } = kinds[kind];
  const hydrated = useHydrated();
  const sending = useMutation({ mutationFn: send });

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    sending.mutate({ email: textOf(form, "email").trim(), password: textOf(form, "password") });
  }

  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-md content-center gap-8 px-4 py-10">
      <div className="grid gap-6 rounded-3xl border border-line bg-surface p-6 shadow-sm sm:p-10">
        <Logo />
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        <form method="post" onSubmit={submit} className="grid gap-5">
          <Field label="Email" name="email" type="email" autoComplete="email" required maxLength={254} />
          <Field
            label="Password"
            name="password"
            type="password"
            autoComplete={autoComplete}
            required
            maxLength={128}
            {...(kind === "signup" ? { minLength: 8, hint: "At least 8 characters." } : {})}
          />
          {sending.isError && <Notice>{sending.error.message}</Notice>}
          <Button type="submit" disabled={!hydrated || sending.isPending || sending.isSuccess} className="mt-1">
            {act}
          </Button>
        </form>
      </div>
      <p className="text-center text-sm text-soft">
        {other.text}{" "}
        <Link href={other.href} className="font-medium text-accent underline underline-offset-4">
          {other.link}
        </Link>
      </p>
    </main>
  );
}
