import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { toFirstSteps } from "../admin/start/empty";
import { rootRoute, signedInRoute } from "../routes/base";

const text = (value: unknown) => (typeof value === "string" ? value.slice(0, 200) : undefined);

export const technicianRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute, path: "/", beforeLoad: toFirstSteps,
    validateSearch: (search): { request?: string } => ({ request: text(search.request) }),
    component: lazyRouteComponent(() => import("./Home"), "Home"),
  }),
  createRoute({ getParentRoute: () => signedInRoute, path: "/history", component: lazyRouteComponent(() => import("./History"), "History") }),
  createRoute({ getParentRoute: () => signedInRoute, path: "/grants/$id", component: lazyRouteComponent(() => import("./OneGrant"), "OneGrant") }),
  createRoute({ getParentRoute: () => signedInRoute, path: "/approvals", component: lazyRouteComponent(() => import("./Approvals"), "Approvals") }),
  createRoute({ getParentRoute: () => signedInRoute, path: "/passkeys", component: lazyRouteComponent(() => import("./Passkeys"), "Passkeys") }),
  createRoute({
    getParentRoute: () => signedInRoute, path: "/connect",
    validateSearch: (search): { state?: string; tenant?: string; error?: string } => ({ state: text(search.state), tenant: text(search.tenant), error: text(search.error) }),
    component: lazyRouteComponent(() => import("./Connect"), "Connect"),
  }),
] as const;

/** Whoever wants to know what a problem means may have no session. */
export const problemRoute = createRoute({ getParentRoute: () => rootRoute, path: "/problems/$name", component: lazyRouteComponent(() => import("./ProblemKind"), "ProblemKind") });
