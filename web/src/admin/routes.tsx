import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { signedInRoute } from "../routes/base";

export const adminRoutes = [
  createRoute({ getParentRoute: () => signedInRoute, path: "/admin", component: lazyRouteComponent(() => import("./LiveBoard"), "LiveBoard") }),
] as const;
