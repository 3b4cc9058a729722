import { createRootRouteWithContext, createRoute, redirect, type ParsedLocation } from "@tanstack/react-router";
import type { QueryClient } from "@tanstack/react-query";
import { Problem } from "../api/problem";
import { meQuery } from "../api/queries";
import { Failed } from "../shell/Failed";
import { NotFound } from "../shell/NotFound";
import { Shell } from "../shell/Shell";

/** Everything. */
export const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({
  errorComponent: Failed,
  notFoundComponent: NotFound,
});

/** Who is signed in. The others are sent to sign in and come back. */
export async function whoIsSignedIn({ context, location }: { context: { queries: QueryClient }; location: ParsedLocation }) {
  try {
    return { me: await context.queries.ensureQueryData(meQuery) };
  } catch (problem) {
    if (problem instanceof Problem && problem.kind === "sign-in-required") throw redirect({ to: "/sign-in", search: { to: location.href }, replace: true });
    throw problem;
  }
}

/** What only somebody who is signed in may open. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  component: Shell,
  errorComponent: Failed,
  beforeLoad: whoIsSignedIn,
});
