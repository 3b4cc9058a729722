import { createRootRouteWithContext, createRoute, redirect } from "@tanstack/react-router";
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

/** What only somebody who is signed in may open; the others are sent to sign in and come back. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  component: Shell,
  errorComponent: Failed,
  beforeLoad: async ({ context, location }) => {
    try {
      return { me: await context.queries.ensureQueryData(meQuery) };
    } catch (problem) {
      if (problem instanceof Problem && problem.kind === "sign-in-required") throw redirect({ to: "/sign-in", search: { to: location.href }, replace: true });
      throw problem;
    }
  },
});
