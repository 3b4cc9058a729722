import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../routes/base";

// Only a path of our own: an address that somebody was lured to must not lead them elsewhere after they signed in.
const local = (to: unknown) => (typeof to === "string" && /^\/(?![/\\])/.test(to) ? to : undefined);

export const signInRoutes = [
  createRoute({
    getParentRoute: () => rootRoute, path: "/sign-in",
    validateSearch: (search): { to?: string } => ({ to: local(search.to) }),
    component: lazyRouteComponent(() => import("./SignIn"), "SignIn"),
  }),
  createRoute({ getParentRoute: () => rootRoute, path: "/enrol", component: lazyRouteComponent(() => import("./Enrol"), "Enrol") }),
] as const;
