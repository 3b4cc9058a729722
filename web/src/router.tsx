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

// What stands in an address is text, as whoever wrote it meant it: the router's own way makes numbers of it, and 100000 of 1e5.
const parseSearch = (search: string) => Object.fromEntries(new URLSearchParams(search));
const stringifySearch = (search: Record<string, unknown>) => {
  const said = Object.entries(search).filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]);
  return said.length > 0 ? `?${new URLSearchParams(said)}` : "";
};

export const newRouter = (queries: QueryClient) => createRouter({
  routeTree,
  context: { queries },
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0, // the query cache decides what is fresh
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register { router: ReturnType<typeof newRouter> }
}
