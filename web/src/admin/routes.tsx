import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import type { Me } from "../api/queries";
import { signedInRoute } from "../routes/base";
import { holds } from "../shell/me";
import { healths } from "./customers/health";
import type { AccessSearch, AuditSearch, CustomerSearch } from "./queries";

// What an address may hold besides its path. Anything else in it is left out.
const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
const count = (value: unknown) => (/^\d{1,15}$/.test(String(value)) ? Number(value) : undefined);

// Who comes by an address to what they may not see is led to what they may see; the server decides in any case.
function inspectorsOnly({ context, params: { id } }: { context: { me: Me }; params: { id: string } }) {
  if (!holds(context.me, "admin", "auditor")) throw redirect({ to: "/admin/customers/$id/access", params: { id }, replace: true });
}

function adminsOnly({ context }: { context: { me: Me } }) {
  if (!holds(context.me, "admin")) throw redirect({ to: "/admin", replace: true });
}

const customerRoute = createRoute({ getParentRoute: () => signedInRoute, path: "/admin/customers/$id", component: lazyRouteComponent(() => import("./customers/OneCustomer"), "OneCustomer") });

const customerTabs = [
  createRoute({ getParentRoute: () => customerRoute, path: "/", component: lazyRouteComponent(() => import("./customers/OneCustomer"), "FirstTab") }),
  createRoute({ getParentRoute: () => customerRoute, path: "connection", beforeLoad: inspectorsOnly, component: lazyRouteComponent(() => import("./customers/connection/ConnectionTab"), "ConnectionTab") }),
  createRoute({ getParentRoute: () => customerRoute, path: "preflight", beforeLoad: inspectorsOnly, component: lazyRouteComponent(() => import("./customers/preflight/PreflightTab"), "PreflightTab") }),
  createRoute({ getParentRoute: () => customerRoute, path: "drills", beforeLoad: inspectorsOnly, component: lazyRouteComponent(() => import("./customers/drills/DrillsTab"), "DrillsTab") }),
  createRoute({ getParentRoute: () => customerRoute, path: "leaving", beforeLoad: inspectorsOnly, component: lazyRouteComponent(() => import("./customers/leaving/LeavingTab"), "LeavingTab") }),
  createRoute({ getParentRoute: () => customerRoute, path: "access", component: lazyRouteComponent(() => import("./customers/AccessTab"), "AccessTab") }),
  createRoute({ getParentRoute: () => customerRoute, path: "settings", component: lazyRouteComponent(() => import("./customers/settings/SettingsTab"), "SettingsTab") }),
] as const;

export const adminRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute, path: "/admin", validateSearch: (s): { view?: "table" } => ({ view: s.view === "table" ? "table" : undefined }),
    component: lazyRouteComponent(() => import("./board/LiveBoard"), "LiveBoard"),
  }),
  createRoute({
    getParentRoute: () => signedInRoute, path: "/admin/customers",
    validateSearch: (s): CustomerSearch => ({ q: text(s.q), health: healths.find((h) => h === s.health) }),
    component: lazyRouteComponent(() => import("./customers/Customers"), "Customers"),
  }),
  createRoute({ getParentRoute: () => signedInRoute, path: "/admin/start", beforeLoad: adminsOnly, component: lazyRouteComponent(() => import("./start/Start"), "Start") }),
  customerRoute.addChildren([...customerTabs]),
  createRoute({ getParentRoute: () => signedInRoute, path: "/admin/import/$list", component: lazyRouteComponent(() => import("./bulk/Import"), "Import") }),
  createRoute({ getParentRoute: () => signedInRoute, path: "/admin/profiles", component: lazyRouteComponent(() => import("./profiles/Profiles"), "Profiles") }),
  createRoute({
    getParentRoute: () => signedInRoute, path: "/admin/profiles/new", validateSearch: (s): { from?: string } => ({ from: text(s.from) }),
    component: lazyRouteComponent(() => import("./profiles/NewProfile"), "NewProfile"),
  }),
  createRoute({ getParentRoute: () => signedInRoute, path: "/admin/profiles/$id", component: lazyRouteComponent(() => import("./profiles/OneProfile"), "OneProfile") }),
  createRoute({
    getParentRoute: () => signedInRoute, path: "/admin/access", validateSearch: (s): AccessSearch => ({
      customer: text(s.customer), who: text(s.who), rows: s.rows === "teams" ? "teams" : undefined,
    }),
    component: lazyRouteComponent(() => import("./access/Access"), "Access"),
  }),
  createRoute({
    getParentRoute: () => signedInRoute, path: "/admin/people", validateSearch: (s): { q?: string } => ({ q: text(s.q) }),
    component: lazyRouteComponent(() => import("./people/People"), "People"),
  }),
  createRoute({ getParentRoute: () => signedInRoute, path: "/admin/people/$id", component: lazyRouteComponent(() => import("./people/OnePerson"), "OnePerson") }),
  createRoute({ getParentRoute: () => signedInRoute, path: "/admin/teams", component: lazyRouteComponent(() => import("./teams/Teams"), "Teams") }),
  createRoute({
    getParentRoute: () => signedInRoute, path: "/admin/audit",
    validateSearch: (s): AuditSearch & { record?: number } => ({
      action: text(s.action), actor: text(s.actor), person_id: text(s.person_id), customer_id: text(s.customer_id), grant_id: text(s.grant_id),
      from: text(s.from), to: text(s.to), record: count(s.record),
    }),
    component: lazyRouteComponent(() => import("./audit/Audit"), "Audit"),
  }),
] as const;
