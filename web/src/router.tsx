import { createRouter } from "@tanstack/react-router";
import type { QueryClient } from "@tanstack/react-query";
import { adminRoutes } from "./admin/routes";
import { pairingRoute } from "./pairing/routes";
import { rootRoute, signedInRoute } from "./routes/base";
import { signInRoutes } from "./sign-in/routes";
import { problemRoute, technicianRoutes } from "./technician/routes";

const routeTree = rootRoute.addChildren([
  ...signInRoutes,
  pairingRoute,
  problemRoute,
  signedInRoute.addChildren([...technicianRoutes, ...adminRoutes]),
]);

export const newRouter = (queries: QueryClient) => createRouter({
  routeTree,
  context: { queries },
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0, // the query cache decides what is fresh
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register { router: ReturnType<typeof newRouter> }
}
